import { type SyntheticEvent, useState } from 'react';
import { tokenIn } from '../api/token.ts';
import type { App } from '../app.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import type { Messages } from '../i18n/messages.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Input } from '../ui/field.tsx';

/** There is no engine: why, and what brings it back. */
export function ConnectionBanner() {
  const app = useApp();
  const { connection, engine } = useMessages();
  const loss = useEngine((view) => view.loss);
  const isTemporary = useEngine((view) => view.state?.capture.temporary ?? false);
  if (loss === null) return null;
  if (loss.state === 'refused') return <RefusedBanner token={loss.token} />;
  return (
    <Banner bad>
      {textOf(loss.state, isTemporary, app, connection)} {loss.reason ? connection.because(engine(loss.reason)) : ''}
    </Banner>
  );
}

function textOf(state: 'lost' | 'stopped', isTemporary: boolean, app: App, texts: Messages['connection']): string {
  if (state === 'stopped') return texts.stopped;
  if (!app.desktop) return texts.lost;
  return isTemporary ? texts.lostTemporary : texts.lostDesktop;
}

function RefusedBanner({ token }: { token: string }) {
  const { giveToken } = useApp();
  const { connection } = useMessages();
  return (
    <Banner bad aside={giveToken ? <TokenForm refused={token} giveToken={giveToken} /> : null}>
      {token === '' ? connection.noToken : connection.refused} {giveToken ? connection.whatToDo : ''}
    </Banner>
  );
}

function TokenForm({ refused, giveToken }: { refused: string; giveToken: (token: string) => void }) {
  const { connection } = useMessages();
  const [text, setText] = useState('');
  const [tried, setTried] = useState<string | null>(null);
  const isWrong = tried === refused && tokenIn(text) === tried;

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    setTried(tokenIn(text));
    giveToken(tokenIn(text));
  }

  return (
    <form className="token-form" onSubmit={submit}>
      <Input
        mono
        aria-label={connection.given}
        aria-describedby={isWrong ? 'token-wrong' : undefined}
        placeholder={`${location.origin}/#token=…`}
        invalid={isWrong}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" size="small" disabled={text.trim() === ''}>
        {connection.connect}
      </Button>
      {isWrong ? <span id="token-wrong">{connection.refusedToo}</span> : null}
    </form>
  );
}
