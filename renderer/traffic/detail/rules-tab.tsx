import { ArrowUpRight, Split } from 'lucide-react';
import type { Exchange, RuleTrace } from '../../../proxy-engine/contract/exchange.ts';
import { useApp, useMessages } from '../../app-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Diff } from '../../ui/diff.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Section } from '../../ui/section.tsx';
import { requestLines, responseLines } from '../heads.ts';
import { ScriptTraces } from './script-traces.tsx';

export function RulesTab({ exchange }: { exchange: Exchange }) {
  const { detail } = useMessages();
  if (exchange.rules.length === 0) return <EmptyState icon={Split} title={detail.noRules} />;
  return (
    <>
      <Section title={detail.rules}>
        {exchange.rules.map((trace, index) => (
          <Trace key={index} trace={trace} />
        ))}
      </Section>
      <ScriptTraces scripts={exchange.scripts ?? []} />
      <HeadDiffs exchange={exchange} />
    </>
  );
}

function Trace({ trace }: { trace: RuleTrace }) {
  const app = useApp();
  const { detail } = useMessages();
  return (
    <div className="trace">
      <div className="trace-head">
        <span className="truncate">{trace.name}</span>
        <Chip>{detail.phase[trace.phase]}</Chip>
        <Button
          tone="quiet"
          size="small"
          onClick={() => app.ui.setState({ page: 'rules', openRule: trace.name, openRoute: null })}
        >
          {detail.openRule}
          <ArrowUpRight size={12} aria-hidden />
        </Button>
      </div>
      <div className="trace-actions">
        {trace.actions.map((action) => (
          <Chip key={action}>{action}</Chip>
        ))}
      </div>
    </div>
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
