import { Split } from 'lucide-react';
import type { Exchange } from '../../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../../app-context.tsx';
import { Diff } from '../../ui/diff.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Section } from '../../ui/section.tsx';
import { requestLines, responseLines } from '../heads.ts';
import { HeadSteps } from './head-steps.tsx';
import { ScriptTraces } from './script-traces.tsx';

export function RulesTab({ exchange }: { exchange: Exchange }) {
  const { detail } = useMessages();
  if (exchange.steps.length === 0) return <EmptyState icon={Split} title={detail.noRules} />;
  return (
    <>
      <Section title={detail.rules}>
        <HeadSteps steps={exchange.steps} />
      </Section>
      <ScriptTraces scripts={exchange.scripts ?? []} />
      <HeadDiffs exchange={exchange} />
    </>
  );
}

/** What rules changed between the client and the backend, both ways. */
function HeadDiffs({ exchange }: { exchange: Exchange }) {
  const { detail } = useMessages();
  const { sent, received, response } = exchange;
  if (!sent && !(received && response))
    return (
      <Section title={detail.requestDiff}>
        <p className="muted">{detail.unchanged}</p>
      </Section>
    );
  const labels = { addedLabel: detail.added, deletedLabel: detail.deleted };
  return (
    <>
      {sent ? (
        <Section title={detail.requestDiff}>
          <Diff before={requestLines(exchange.request)} after={requestLines(sent)} {...labels} />
        </Section>
      ) : null}
      {received && response ? (
        <Section title={detail.responseDiff}>
          <Diff before={responseLines(received)} after={responseLines(response)} {...labels} />
        </Section>
      ) : null}
    </>
  );
}
