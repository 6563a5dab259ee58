import type { CSSProperties } from 'react';
import type { SentAnswer } from '../../proxy-engine/contract/sending.ts';
import { useEngine, useMessages } from '../app-context.tsx';
import { formatCount, formatLatency } from '../format/quantities.ts';
import { backendColor } from '../store/backend-color.ts';
import { CutName } from '../ui/cut-name.tsx';
import { distributionOf, type Share } from './distribution.ts';

/** A bar for each backend that answered, in its colour, with statuses and latencies. */
export function DistributionBars({ answers }: { answers: readonly SentAnswer[] }) {
  const { compose } = useMessages();
  const shares = distributionOf(answers);
  const pools = new Set(shares.map(({ pool }) => pool));
  const most = Math.max(...shares.map(({ count }) => count));
  return (
    <table className="distribution" aria-label={compose.distribution}>
      <thead className="visually-hidden">
        <tr>
          <th>{compose.backend}</th>
          <th>{compose.answers}</th>
          <th>{compose.status}</th>
          <th>{compose.latency}</th>
        </tr>
      </thead>
      <tbody>
        {shares.map((share) => (
          <ShareRow
            key={`${share.pool}/${share.backend}`}
            share={share}
            all={answers.length}
            most={most}
            withPool={pools.size > 1}
          />
        ))}
      </tbody>
    </table>
  );
}

interface ShareRowProps {
  share: Share;
  all: number;
  most: number;
  withPool: boolean;
}

function ShareRow({ share, all, most, withPool }: ShareRowProps) {
  const { compose } = useMessages();
  const color = useEngine((view) => backendColor(view.state, share.pool, share.backend));
  const name = share.backend ?? compose.noBackend;
  const { count, outcomes, minMs, medianMs, maxMs } = share;
  return (
    <tr style={{ '--series': color } as CSSProperties}>
      <th scope="row" className="share-name" title={name}>
        <span className="backend-chip">
          <i className="swatch" />
          <CutName name={withPool && share.pool ? `${share.pool} / ${name}` : name} />
        </span>
      </th>
      <td className="share-count">
        <span className="share-box">
          <span className="share-bar" style={{ width: `${(count / most) * 100}%` }} aria-hidden />
          <span className="share-text">
            {formatCount(count)} · {compose.share(Math.round((count / all) * 1000) / 10)}
          </span>
        </span>
      </td>
      <td className="share-outcomes">
        {outcomes.map(({ outcome, count: times, failed }) => (
          <span key={outcome} className={failed ? 'outcome outcome-failed' : 'outcome'}>
            {outcome} ×{formatCount(times)}
          </span>
        ))}
      </td>
      <td className="share-latency" title={compose.latency}>
        {formatLatency(minMs)} / {formatLatency(medianMs)} / {formatLatency(maxMs)}
      </td>
    </tr>
  );
}
