import { clsx } from 'clsx';
import type { CSSProperties } from 'react';
import type { Attempt, Exchange, Timings } from '../../../proxy-engine/contract/exchange.ts';
import { useEngine, useMessages } from '../../app-context.tsx';
import { formatDuration, formatSize } from '../../format/quantities.ts';
import { backendColor } from '../../store/backend-color.ts';
import { CutName } from '../../ui/cut-name.tsx';
import { FaultMark } from '../../ui/fault-mark.tsx';
import { Section } from '../../ui/section.tsx';
import { endedIn } from '../heads.ts';

export function AttemptsTab({ exchange }: { exchange: Exchange }) {
  const { detail } = useMessages();
  return (
    <Section title={detail.attempts}>
      {exchange.attempts.length === 0 ? (
        <p className="muted">{detail.noAttempts}</p>
      ) : (
        <AttemptList exchange={exchange} />
      )}
    </Section>
  );
}

/** A bar per attempt, all on the time axis of the exchange. */
export function AttemptList({ exchange }: { exchange: Exchange }) {
  const spanMs = Math.max(
    exchange.durationMs ?? 0,
    ...exchange.attempts.map((attempt) => attempt.startedMs + attemptMs(attempt.timings)),
    0.01,
  );
  return (
    <ol>
      {exchange.attempts.map((attempt, index) => (
        <AttemptItem key={index} number={index + 1} pool={exchange.pool} attempt={attempt} spanMs={spanMs} />
      ))}
    </ol>
  );
}

interface AttemptItemProps {
  number: number;
  pool: string | undefined;
  attempt: Attempt;
  spanMs: number;
}

function AttemptItem({ number, pool, attempt, spanMs }: AttemptItemProps) {
  const { detail, engine, why } = useMessages();
  const color = useEngine((view) => backendColor(view.state, pool, attempt.backend));
  const lengthMs = attemptMs(attempt.timings);
  const failed = attempt.outcome === 'failed' || attempt.outcome === 'retried';
  const part = failed && attempt.error ? endedIn(attempt.timings) : undefined;
  return (
    <li style={{ '--series': color } as CSSProperties}>
      <div className="attempt">
        <span className="attempt-number">{number}</span>
        <span className="backend-chip" title={attempt.backend}>
          <i className="swatch" />
          <CutName name={attempt.backend} />
        </span>
        <span className={clsx('lane', failed && 'lane-failed')} aria-hidden>
          <i style={{ left: `${percent(attempt.startedMs, spanMs)}%`, width: `${percent(lengthMs, spanMs)}%` }} />
        </span>
        <span className="cell-end">{lengthMs > 0 ? formatDuration(lengthMs) : '–'}</span>
      </div>
      <div className="attempt-why">
        {attempt.fault === undefined ? null : (
          <>
            <FaultMark words={engine(attempt.fault)} />
            {AND}
          </>
        )}
        {detail.picked(why(attempt.why))}
        {AND}
        {attempt.address}
        {AND}
        {attempt.reused ? detail.reused : detail.fresh}
        {AND}
        <span className={failed ? 'tone-bad' : 'tone-ok'}>
          {attempt.error ? `${engine(attempt.error.message)}${AND}` : `${attempt.status ?? ''} `}
          {part ? `${detail.endedIn[part]}${AND}` : ''}
          {detail.outcome[attempt.outcome]}
        </span>
        {AND}
        <span className="no-break">
          {detail.bytes(formatSize(attempt.bytesSent), formatSize(attempt.bytesReceived))}
        </span>
      </div>
    </li>
  );
}

/** Where a line ends, it stays with what is before it. */
const AND = '\u00a0· ';

function percent(part: number, whole: number): number {
  return Math.min(100, (part / whole) * 100);
}

function attemptMs(timings: Timings): number {
  return Object.values(timings).reduce((sum: number, value: number) => sum + Math.max(0, value), 0);
}
