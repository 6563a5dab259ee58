import { useState } from 'react';
import { codecOf } from '../../../../proxy-engine/contract/body-framing.ts';
import { useMessages } from '../../../app-context.tsx';
import { ErrorBox } from '../../../ui/field.tsx';
import { TypeChoice } from '../../protobuf/type-choice.tsx';
import { useMessageTypes } from '../../protobuf/use-message-types.ts';
import { NumberForm } from '../number-form.tsx';
import { FramedMessage } from './framed-message.tsx';
import { ListPager } from './list-pager.tsx';
import { useBodyMessages } from './use-body-messages.ts';
import type { ShownBody } from './viewer.ts';

/** So many are shown at a time. */
const SHOWN = 100;

/** The messages of a body that is a row of them, one after the other; the newest while more come. Loaded when the first is looked at. */
export function FramedBody({ body }: { body: ShownBody }) {
  const { detail, common, engine } = useMessages();
  const chosen = useMessageTypes(body);
  const [from, setFrom] = useState(body.goesOn ? -SHOWN : 0);
  const { window, error } = useBodyMessages(body, from, SHOWN);
  if (error !== null) return <ErrorBox>{error}</ErrorBox>;
  if (!window) return <p className="muted">{common.loading}</p>;
  const { total, messages, problem } = window;
  const first = messages[0]?.index ?? 0;
  return (
    <>
      {codecOf(body.contentType) === 'protobuf' ? <TypeChoice {...chosen} /> : null}
      {problem === undefined ? null : <p className="note">{detail.messagesEnd(engine(problem))}</p>}
      <ListPager first={first} count={messages.length} total={total} step={SHOWN} onGo={setFrom}>
        <NumberForm from={0} to={total} onNumber={(number) => setFrom(number - 1)} />
      </ListPager>
      <ol>
        {messages.map((message) => (
          <li key={message.index}>
            <FramedMessage message={message} contentType={body.contentType} types={chosen.types} />
          </li>
        ))}
      </ol>
    </>
  );
}
