import { Check, Minus } from 'lucide-react';
import { type CSSProperties, useState } from 'react';
import type { RuleTest } from '../../proxy-engine/contract/api.ts';
import { useEngine, useMessages } from '../app-context.tsx';
import { backendColor } from '../store/backend-color.ts';
import { HeadSteps } from '../traffic/detail/head-steps.tsx';
import { requestLines, responseLines } from '../traffic/heads.ts';
import { Button } from '../ui/button.tsx';
import { Diff } from '../ui/diff.tsx';
import { KeyValues, Section } from '../ui/section.tsx';

/** What the test bench found. */
export function TestResult({ result }: { result: RuleTest }) {
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
            [detail.route, result.route ?? (isUnanswered(result) ? texts.testNoRoute : texts.testNoRouteHolds)],
            [texts.testLocalFile, result.localFiles?.join(texts.testElse)],
            [detail.pool, result.split ? result.split.map(shareText).join(', ') : result.pool],
            [texts.testOrigin, result.origin],
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

function isUnanswered({ pool, origin, answer, localFiles }: RuleTest): boolean {
  return pool === undefined && origin === undefined && answer === undefined && localFiles === undefined;
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

/** Of many, those that hold stand alone until all are asked for: what follows is to be seen. */
const MOST_SHOWN = 30;

function HeldList({ title, entries, off }: HeldListProps) {
  const { rules: texts } = useMessages();
  const [isWhole, setWhole] = useState(entries.length <= MOST_SHOWN);
  if (entries.length === 0) return null;
  const holding = entries.filter(({ held }) => held);
  return (
    <Section title={title}>
      {(isWhole ? entries : holding).map(({ name, held }) => (
        <div key={name} className={held ? 'held' : 'held held-not'}>
          {held ? <Check size={13} className="tone-ok" aria-hidden /> : <Minus size={13} aria-hidden />}
          <span className="truncate">{name}</span>
          <span className="muted">{held ? texts.testHeld : off?.has(name) ? texts.testOff : texts.testNotHeld}</span>
        </div>
      ))}
      {isWhole ? null : (
        <Button size="small" tone="quiet" onClick={() => setWhole(true)}>
          {texts.testOthers(entries.length - holding.length)}
        </Button>
      )}
    </Section>
  );
}
