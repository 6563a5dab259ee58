import { Server } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { useKeptTyping } from '../store/kept-typing.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import { firstPoolEdits, freePort, linesOf, mistakesByField, withOrWithout } from './first-pool-edits.ts';
import { LocalPortList } from './local-port-list.tsx';

interface FirstPoolProps {
  title: string;
  text: string;
}

/** A listener, a pool and a route from a few backends, picked among what listens here or typed. */
export function FirstPool({ title, text }: FirstPoolProps) {
  const app = useApp();
  const state = useEngine((view) => view.state);
  const { firstRun } = useMessages();
  const [keptUrls, keepUrls] = useKeptTyping<string>('first pool');
  const urls = keptUrls ?? '';
  const setUrls = (text: string): void => keepUrls(text === '' ? null : text);
  const [typed, setAddress] = useKeptTyping<string>('first listener');
  const [port, setPort] = useState(freePort([]));
  const address = typed ?? `127.0.0.1:${port}`;
  const [wrong, setWrong] = useState<ReturnType<typeof mistakesByField>>({});

  function forget(): void {
    keepUrls(null);
    setAddress(null);
    setWrong({});
  }

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault();
    const names = (list: readonly { name: string }[] = []): string[] => list.map(({ name }) => name);
    const known = { listeners: names(state?.listeners), routes: names(state?.routes) };
    const edits = firstPoolEdits(urls, address, known);
    if (!edits) return setWrong({ urls: firstRun.urlsMissing });
    const outcome = await app.config.edit(edits);
    if (outcome.ok) return forget();
    setWrong(outcome.issues.length > 0 ? mistakesByField(outcome.issues) : { '': outcome.message });
  }

  return (
    <EmptyState icon={Server} title={title}>
      <p className="empty-text">{text}</p>
      <form className="first-pool" onSubmit={(event) => void create(event)}>
        <LocalPortList
          taken={new Set(linesOf(urls))}
          takenLabel={firstRun.picked}
          onPick={({ url }) => setUrls(withOrWithout(urls, url))}
          onFound={(ports) => setPort(freePort(ports.map((one) => one.port)))}
        />
        <Field label={firstRun.urls} error={wrong.urls}>
          {(props) => (
            <textarea
              {...props}
              className="input input-mono"
              rows={3}
              spellCheck={false}
              placeholder={'http://127.0.0.1:3001\nhttp://127.0.0.1:3002'}
              value={urls}
              onChange={(event) => setUrls(event.target.value)}
            />
          )}
        </Field>
        <Field label={firstRun.address} error={wrong.address}>
          {(props) => <Input {...props} mono value={address} onChange={(event) => setAddress(event.target.value)} />}
        </Field>
        {wrong[''] ? <ErrorBox>{wrong['']}</ErrorBox> : null}
        <div className="form-bar first-pool-bar">
          <Button title={firstRun.demoHint} onClick={() => app.startDemo()}>
            {firstRun.demo}
          </Button>
          <Button type="submit" tone="primary">
            {firstRun.create}
          </Button>
        </div>
      </form>
    </EmptyState>
  );
}
