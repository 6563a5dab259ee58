import { type CSSProperties, memo } from 'react';
import type { BackendState } from '../../proxy-engine/contract/config.ts';
import type { BackendStatus, PoolState } from '../../proxy-engine/contract/state.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { StandingLabel } from '../dock/standing-label.tsx';
import { formatCount, formatLatency, formatRate, formatShare } from '../format/quantities.ts';
import { backendColor, keyOf } from '../store/backend-color.ts';
import { weightShare } from '../store/pool-totals.ts';
import { Chip } from '../ui/chip.tsx';
import { CutName } from '../ui/cut-name.tsx';
import { FaultMark } from '../ui/fault-mark.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import { BackendMenu } from './backend-menu.tsx';
import { faultWords } from './fault-words.ts';
import { History } from './history.tsx';
import { Weight } from './weight.tsx';

const NUMERIC = new Set(['weight', 'rate', 'inFlight', 'p95', 'errors']);
const COLUMNS = [
  'backend',
  'state',
  'health',
  'history',
  'weight',
  'rate',
  'inFlight',
  'p95',
  'errors',
  'why',
] as const;

export function BackendTable({ pool }: { pool: PoolState }) {
  const { backends, pools } = useMessages();
  const heaviest = Math.max(...pool.backends.map(({ weight }) => weight));
  return (
    <div className="card backend-table-box" tabIndex={0} role="region" aria-label={backends.table(pool.name)}>
      <table className="backend-table">
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={NUMERIC.has(column) ? 'number' : ''}>
                {backends.column[column]}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">{pools.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {pool.backends.map((backend) => (
            <BackendRow
              key={backend.name}
              pool={pool.name}
              backend={backend}
              share={weightShare(pool, backend.name)}
              heaviest={heaviest}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface BackendRowProps {
  pool: string;
  backend: BackendStatus;
  /** Of the traffic that its weight means, 0–1. */
  share: number;
  /** The heaviest weight of the pool. */
  heaviest: number;
}

const BackendRow = memo(function BackendRow({ pool, backend, share, heaviest }: BackendRowProps) {
  const { backend: texts, pools, engine } = useMessages();
  const shortcut = useEngine(({ state }) => keyOf(state, pool, backend.name));
  const color = useEngine((view) => backendColor(view.state, pool, backend.name));
  const failing = backend.failures > 0;
  return (
    <tr style={{ '--series': color } as CSSProperties}>
      <td>
        <span className="backend-cell">
          <i className="swatch" />
          <span className="backend-name" title={`${backend.name}  ${backend.url}`}>
            <b>
              <CutName name={backend.name} />
            </b>
            {backend.name === addressOf(backend.url) ? null : (
              <span className="mono backend-address">
                <CutName name={addressOf(backend.url)} />
              </span>
            )}
          </span>
          {backend.backup ? <Chip>{texts.backup}</Chip> : null}
        </span>
      </td>
      <td>
        <StateSwitch pool={pool} backend={backend.name} state={backend.state} />
      </td>
      <td>
        <StandingLabel backend={backend} wordOnly />
      </td>
      <td>
        <History history={backend.history} recentFailures={backend.recentFailures} />
      </td>
      <td className="number">
        <Weight pool={pool} backend={backend.name} weight={backend.weight} share={share} heaviest={heaviest} />
      </td>
      <td className="number">{formatRate(backend.rate)}</td>
      <td className="number">{formatCount(backend.inFlight)}</td>
      <td className="number">{formatLatency(backend.p95Ms)}</td>
      <td
        className={failing ? 'number tone-bad' : 'number'}
        title={`${formatCount(backend.failures)} / ${formatCount(backend.requests)}`}
      >
        {formatShare(backend.failures, backend.requests)}
      </td>
      <td
        className="backend-why"
        title={
          backend.fault ? `${faultWords(backend.fault, pools)}\n${engine(backend.reason)}` : engine(backend.reason)
        }
      >
        {backend.fault ? (
          <span className="one-line">
            <FaultMark words={faultWords(backend.fault, pools)} />
          </span>
        ) : null}
        <span className={backend.fault ? 'one-line' : 'two-lines'}>{engine(backend.reason)}</span>
      </td>
      <td className="backend-more">
        <BackendMenu pool={pool} backend={backend.name} shortcut={shortcut} />
      </td>
    </tr>
  );
});

const STATES: readonly BackendState[] = ['ready', 'drain', 'maint'];

interface StateSwitchProps {
  pool: string;
  backend: string;
  state: BackendState;
}

const StateSwitch = memo(function StateSwitch({ pool, backend, state }: StateSwitchProps) {
  const app = useApp();
  const { backends, backend: texts } = useMessages();
  return (
    <SegmentedControl
      size="small"
      label={backends.stateOf(backend)}
      value={state}
      options={STATES.map((value) => ({ value, label: texts.state[value] }))}
      onChange={(next) => app.setBackendState(pool, backend, next)}
    />
  );
});

function addressOf(url: string): string {
  return url.replace(/^http:\/\//, '').replace(/\/$/, '');
}
