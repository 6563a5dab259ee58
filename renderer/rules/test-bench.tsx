import { Check, Minus } from 'lucide-react';
import { type CSSProperties, type FormEvent, useState } from 'react';
import type { RuleTest } from '../../proxy-engine/contract/api.ts';
import { errorText } from '../api/engine-api.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { firstCurl } from '../first-run/first-curl.ts';
import { backendColor } from '../store/backend-color.ts';
import { requestLines, responseLines } from '../traffic/heads.ts';
import { Button } from '../ui/button.tsx';
import { Diff } from '../ui/diff.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import { KeyValues, Section } from '../ui/section.tsx';
import { headerLinesOf } from './header-lines.ts';

/** A request that is only thought through: which routes and rules hold, what they change, which backend gets it. */
export function TestBench() {
  const app = useApp();
  const { rules: texts } = useMessages();
  const example = useEngine((view) => (view.state ? firstCurl(view.state) : null)?.url);
  const [method, setMethod] = useState('GET');
  const [url, setUrl] = useState<string | null>(null);
  const [headers, setHeaders] = useState('accept: application/json');
  const [result, setResult] = useState<RuleTest | null>(null);
  const [error, setError] = useState<string | null>(null);

  async function run(event: FormEvent): Promise<void> {
    event.preventDefault();
    try {
      setResult(
        await app.testRule({
          request: { method, url: url ?? example ?? 'http://localhost/', headers: headerLinesOf(headers) },
        }),
      );
      setError(null);
    } catch (reason) {
      setError(errorText(reason));
    }
  }

  return (
    <>
      <Section title={texts.testTitle}>
        <form className="test-form" onSubmit={(event) => void run(event)}>
          <Field label={texts.testMethod}>
            {(props) => (
              <Input {...props} mono value={method} onChange={(event) => setMethod(event.target.value.toUpperCase())} />
            )}
          </Field>
          <Field label={texts.testUrl}>
            {(props) => (
              <Input {...props} mono value={url ?? example ?? ''} onChange={(event) => setUrl(event.target.value)} />
            )}
          </Field>
          <Button type="submit" tone="primary">
            {texts.testRun}
          </Button>
          <div className="test-wide">
            <Field label={texts.testHeaders} hint={texts.testHint}>
              {(props) => (
                <textarea
                  {...props}
                  className="input input-mono"
                  rows={3}
                  spellCheck={false}
                  value={headers}
                  onChange={(event) => setHeaders(event.target.value)}
                />
              )}
            </Field>
          </div>
        </form>
      </Section>
      {error ? (
        <Section title={texts.test}>
          <ErrorBox>{error}</ErrorBox>
        </Section>
      ) : null}
      {result && !error ? <TestResult result={result} /> : null}
    </>
  );
}

function TestResult({ result }: { result: RuleTest }) {
  const { rules: texts, detail } = useMessages();
  const color = useEngine((view) => backendColor(view.state, result.pool, result.backend));
  const labels = { addedLabel: detail.added, deletedLabel: detail.deleted };
  return (
    <>
      <Section title={detail.decision}>
        <KeyValues
          entries={[
            [detail.route, result.route ?? texts.testNoRoute],
            [detail.pool, result.pool],
            [
              texts.testBackend,
              result.backend ? (
                <span key="backend" className="backend-chip" style={{ '--series': color } as CSSProperties}>
                  <i className="swatch" />
                  {result.backend}
                </span>
              ) : undefined,
            ],
            [detail.tab.response, result.answer ? texts.testAnswer(result.answer.status) : undefined],
          ]}
        />
      </Section>
      <HeldList title={texts.routes} entries={result.routes} />
      <HeldList title={texts.rules} entries={result.rules} />
      <Section title={detail.requestDiff}>
        <Diff before={requestLines(result.request.before)} after={requestLines(result.request.after)} {...labels} />
      </Section>
      {result.response ? (
        <Section title={detail.responseDiff}>
          <Diff
            before={responseLines(result.response.before)}
            after={responseLines(result.response.after)}
            {...labels}
          />
        </Section>
      ) : null}
    </>
  );
}

function HeldList({ title, entries }: { title: string; entries: RuleTest['rules'] }) {
  const { rules: texts } = useMessages();
  if (entries.length === 0) return null;
  return (
    <Section title={title}>
      {entries.map(({ name, held }) => (
        <div key={name} className={held ? 'held' : 'held held-not'}>
          {held ? <Check size={13} className="tone-ok" aria-hidden /> : <Minus size={13} aria-hidden />}
          <span className="truncate">{name}</span>
          <span className="muted">{held ? texts.testHeld : texts.testNotHeld}</span>
        </div>
      ))}
    </Section>
  );
}
