import { type FormEvent, useState } from 'react';
import type { RuleTest } from '../../proxy-engine/contract/api.ts';
import { errorText } from '../api/engine-api.ts';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { exampleUrl } from '../first-run/first-curl.ts';
import type { BenchRequest } from '../store/ui-store.ts';
import { Button } from '../ui/button.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import { Section } from '../ui/section.tsx';
import { benchListener } from './bench-request.ts';
import { badHeaderLine, headerLinesOf } from './header-lines.ts';
import { BenchNotes, RecordedMenu } from './recorded-menu.tsx';
import { TestResult } from './test-result.tsx';

const EXAMPLE_HEADERS = 'accept: application/json';

/** What came out, and of what: it is not shown beside another request, or with another config. */
interface Outcome {
  request: BenchRequest | null;
  revision: number | undefined;
  found: { result: RuleTest } | { error: string };
}

/** A request that is only thought through: which routes and rules hold, what they change, which backend gets it. */
export function TestBench() {
  const app = useApp();
  const { rules: texts } = useMessages();
  const example = useEngine((view) => view.state && exampleUrl(view.state)) ?? 'http://localhost/';
  const revision = useEngine((view) => view.state?.revision);
  const listeners = useEngine((view) => view.state?.listeners) ?? [];
  const request = useUi((state) => state.benchRequest);
  const asked = request ?? { method: 'GET', url: example, headers: EXAMPLE_HEADERS };
  const listener = benchListener(asked, listeners);
  const change = (part: Partial<BenchRequest>): void => app.ui.setState({ benchRequest: { ...asked, ...part } });
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const found = outcome?.request === request && outcome?.revision === revision ? outcome?.found : undefined;

  async function run(event: FormEvent): Promise<void> {
    event.preventDefault();
    const { method, url, headers, ...more } = asked;
    const bad = badHeaderLine(headers);
    const end = (ended: Outcome['found']): void => setOutcome({ request, revision, found: ended });
    if (bad !== null) return end({ error: texts.badHeaderLine(bad) });
    try {
      const input = { ...more, listener, request: { method, url, headers: headerLinesOf(headers) } };
      end({ result: await app.testRule(input) });
    } catch (reason) {
      end({ error: errorText(reason) });
    }
  }

  return (
    <>
      <Section title={texts.testTitle} extra={<RecordedMenu />}>
        <form className="test-form" onSubmit={(event) => void run(event)}>
          <Field label={texts.testMethod}>
            {(props) => (
              <Input
                {...props}
                mono
                value={asked.method}
                onChange={(event) => change({ method: event.target.value.toUpperCase() })}
              />
            )}
          </Field>
          <Field label={texts.testUrl}>
            {(props) => (
              <Input {...props} mono value={asked.url} onChange={(event) => change({ url: event.target.value })} />
            )}
          </Field>
          <Button type="submit" tone="primary">
            {texts.testRun}
          </Button>
          {listeners.length > 1 ? (
            <ListenerField listener={listener} onChange={(name) => change({ listener: name })} />
          ) : null}
          <div className="test-wide">
            <Field label={texts.testHeaders} hint={texts.testHint}>
              {(props) => (
                <textarea
                  {...props}
                  className="input input-mono"
                  rows={Math.min(8, Math.max(3, asked.headers.split('\n').length))}
                  spellCheck={false}
                  value={asked.headers}
                  onChange={(event) => change({ headers: event.target.value })}
                />
              )}
            </Field>
          </div>
          <BenchNotes asked={asked} onChange={change} />
        </form>
      </Section>
      {found && 'error' in found ? (
        <Section title={texts.test}>
          <ErrorBox>{found.error}</ErrorBox>
        </Section>
      ) : null}
      {found && 'result' in found ? <TestResult result={found.result} /> : null}
    </>
  );
}

function ListenerField({ listener, onChange }: { listener: string | undefined; onChange: (name: string) => void }) {
  const { detail, compose } = useMessages();
  const listeners = useEngine((view) => view.state?.listeners) ?? [];
  return (
    <div className="test-wide">
      <Field label={detail.listener}>
        {(props) => (
          <select
            {...props}
            className="input select-native"
            value={listener}
            onChange={(event) => onChange(event.target.value)}
          >
            {listeners.map(({ name, address }) => (
              <option key={name} value={name}>
                {compose.listener(name, address)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}
