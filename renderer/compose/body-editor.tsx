import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Section } from '../ui/section.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import { type BodyKind, bodyMistake } from './draft.ts';

const KINDS: readonly BodyKind[] = ['none', 'json', 'form', 'text', 'base64'];

export function BodyEditor() {
  const app = useApp();
  const { compose } = useMessages();
  const kind = useStore(app.compose.store, (state) => state.draft.bodyKind);
  return (
    <Section
      title={compose.body}
      extra={
        <SegmentedControl
          size="small"
          label={compose.body}
          value={kind}
          options={KINDS.map((value) => ({ value, label: compose.bodyKinds[value] }))}
          onChange={(bodyKind) => app.compose.setDraft({ bodyKind })}
        />
      }
    >
      {kind === 'none' ? null : <BodyField kind={kind} />}
    </Section>
  );
}

function BodyField({ kind }: { kind: Exclude<BodyKind, 'none'> }) {
  const app = useApp();
  const { compose } = useMessages();
  const draft = useStore(app.compose.store, (state) => state.draft);
  const mistake = bodyMistake(draft);
  const why = mistake === null ? undefined : kind === 'json' ? compose.notJson(mistake) : compose.notBase64;
  return (
    <>
      <Field label={compose.bodyKinds[kind]} hint={compose.bodyHint[kind]} error={why}>
        {(props) => (
          <textarea
            {...props}
            className="input input-mono compose-body"
            rows={Math.min(24, Math.max(6, draft.body.split('\n', 25).length))}
            spellCheck={false}
            value={draft.body}
            onChange={(event) => app.compose.setDraft({ body: event.target.value })}
          />
        )}
      </Field>
      {kind === 'json' ? (
        <Button
          size="small"
          className="compose-pretty"
          disabled={mistake !== null || draft.body.trim() === ''}
          onClick={() => app.compose.setDraft({ body: JSON.stringify(JSON.parse(draft.body), null, 2) })}
        >
          {compose.format}
        </Button>
      ) : null}
    </>
  );
}
