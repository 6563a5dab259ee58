import { Check, Minus } from 'lucide-react';
import { type CSSProperties, type FormEvent, useState } from 'react';
import type { RuleTest } from '../../proxy-engine/contract/api.ts';
import { errorText } from '../api/engine-api.ts';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { firstCurl } from '../first-run/first-curl.ts';
import { backendColor } from '../store/backend-color.ts';
import type { BenchRequest } from '../store/ui-store.ts';
import { HeadSteps } from '../traffic/detail/head-steps.tsx';
import { requestLines, responseLines } from '../traffic/heads.ts';
import { Button } from '../ui/button.tsx';
import { Diff } from '../ui/diff.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import { KeyValues, Section } from '../ui/section.tsx';
import { badHeaderLine, headerLinesOf } from './header-lines.ts';
import { AnswerNote, RecordedMenu } from './recorded-menu.tsx';

const EXAMPLE_HEADERS = 'accept: application/json';

/** A request that is only thought through: which routes and rules hold, what they change, which backend gets it. */
export function TestBench() {
  const app = useApp();
  const { rules: texts } = useMessages();
  const example = useEngine((view) => (view.state ? firstCurl(view.state) : null)?.url) ?? 'http://localhost/';
  const asked = useUi((state) => state.benchRequest) ?? { method: 'GET', url: example, headers: EXAMPLE_HEADERS };
  const change = (part: Partial<BenchRequest>): void => app.ui.setState({ benchRequest: { ...asked, ...part } });
  const [result, setResult] = useState<RuleTest | null>(null);
  const [error, setError] = useState<string | null>(null);

  async function run(event: FormEvent): Promise<void> {
    event.preventDefault();
    const { method, url, headers, response } = asked;
    const bad = badHeaderLine(headers);
    if (bad !== null) return setError(texts.badHeaderLine(bad));
    try {
      setResult(await app.testRule({ request: { method, url, headers: headerLinesOf(headers) }, response }));
      setError(null);
    } catch (reason) {
      setError(errorText(reason));
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
          {asked.response ? (
            <AnswerNote status={asked.response.status} onRemove={() => change({ response: undefined })} />
          ) : null}
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
  const { rules: texts, ruleActions, detail } = useMessages();
  const pools = poolsOf(result);
  const count = pools.reduce((sum, { names }) => sum + names.length, 0);
  const labels = { addedLabel: detail.added, deletedLabel: detail.deleted };
  const states = useEngine((view) => view.state?.rules);
  const off = new Set(states?.flatMap(({ name, enabled }) => (enabled ? [] : [name])));
  return (
    <>
      <Section title={detail.decision}>
        <KeyValues
          entries={[
            [detail.route, result.route ?? texts.testNoRoute],
            [texts.testLocalFile, result.localFiles?.join(texts.testElse)],
            [detail.pool, result.split ? result.split.map(shareText).join(', ') : result.pool],
            [
              count === 1 ? texts.testBackend : ruleActions.oneOfThese,
              pools.length === 0 ? undefined : count === 0 ? (
                ruleActions.noBackend
              ) : (
                <span key="backends" className="bench-backends">
                  {pools.flatMap(({ pool, names }) =>
                    names.map((name) => <BackendChip key={`${pool} ${name}`} pool={pool} name={name} />),
                  )}
                </span>
              ),
            ],
            [detail.tab.response, result.answer ? texts.testAnswer(result.answer.status) : undefined],
          ]}
        />
      </Section>
      <HeldList title={texts.routes} entries={result.routes} />
      <HeldList title={texts.rules} entries={result.rules} off={off} />
      {result.steps.length > 0 ? (
        <Section title={texts.testSteps}>
          <HeadSteps steps={result.steps} />
        </Section>
      ) : null}
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

/** With the backends of each that may get the request. */
function poolsOf({ pool, backend, candidates = [], split }: RuleTest): { pool: string; names: string[] }[] {
  if (split) return split.map((share) => ({ pool: share.pool, names: share.candidates }));
  return pool === undefined ? [] : [{ pool, names: backend === undefined ? candidates : [backend] }];
}

function shareText({ pool, share }: NonNullable<RuleTest['split']>[number]): string {
  return `${pool} ${Math.round(share * 1000) / 10} %`;
}

function BackendChip({ pool, name }: { pool: string | undefined; name: string }) {
  const color = useEngine((view) => backendColor(view.state, pool, name));
  return (
    <span className="backend-chip" style={{ '--series': color } as CSSProperties}>
      <i className="swatch" />
      {name}
    </span>
  );
}

interface HeldListProps {
  title: string;
  entries: RuleTest['rules'];
  /** Names of those that are switched off. */
  off?: ReadonlySet<string>;
}

function HeldList({ title, entries, off }: HeldListProps) {
  const { rules: texts } = useMessages();
  if (entries.length === 0) return null;
  return (
    <Section title={title}>
      {entries.map(({ name, held }) => (
        <div key={name} className={held ? 'held' : 'held held-not'}>
          {held ? <Check size={13} className="tone-ok" aria-hidden /> : <Minus size={13} aria-hidden />}
          <span className="truncate">{name}</span>
          <span className="muted">{held ? texts.testHeld : off?.has(name) ? texts.testOff : texts.testNotHeld}</span>
        </div>
      ))}
    </Section>
  );
}
