import type { Exchange } from '../../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../../app-context.tsx';
import { formatDuration } from '../../format/quantities.ts';
import { Section } from '../../ui/section.tsx';
import { timingBars } from '../heads.ts';

/** The exchange's time as a waterfall of its parts. */
export function TimingTab({ exchange }: { exchange: Exchange }) {
  const { detail } = useMessages();
  const bars = timingBars(exchange);
  const totalMs = Math.max(0.01, exchange.durationMs ?? 0, ...bars.map((bar) => bar.startMs + bar.lengthMs));
  return (
    <Section title={detail.tab.timing}>
      {bars.map((bar) => (
        <div key={bar.name} className="timing-row">
          <span>{detail.timings[bar.name]}</span>
          <span className="lane" aria-hidden>
            <i style={{ left: `${(bar.startMs / totalMs) * 100}%`, width: `${(bar.lengthMs / totalMs) * 100}%` }} />
          </span>
          <span className="cell-end">{formatDuration(bar.lengthMs)}</span>
        </div>
      ))}
      <div className="timing-row timing-total">
        <span>{detail.total}</span>
        <span />
        <span className="cell-end">
          {exchange.durationMs === undefined ? '…' : formatDuration(exchange.durationMs)}
        </span>
      </div>
    </Section>
  );
}
