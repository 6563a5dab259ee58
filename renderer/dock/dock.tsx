import './dock.css';
import { clsx } from 'clsx';
import { type CSSProperties, memo, useRef, type WheelEvent } from 'react';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { formatLatency, formatRate } from '../format/quantities.ts';
import { poolP95, poolRate } from '../store/pool-totals.ts';
import { useAsSeen, useInSight } from '../ui/use-in-sight.ts';
import { Tile } from './tile.tsx';

const MANY = 6;

/** On every page: each backend, how it stands, and its switch. */
export function Dock() {
  const { backend: texts, connection } = useMessages();
  const channel = useEngine((view) => view.connection);
  const known = useEngine((view) => view.state?.pools);
  const pools = known ?? [];
  const count = pools.reduce((sum, pool) => sum + pool.backends.length, 0);
  return (
    <section
      className={clsx('dock', count > MANY && 'dock-many')}
      style={{ '--tiles': count, '--pools': pools.length } as CSSProperties}
      onWheel={scrollAcross}
      aria-label={texts.dock}
    >
      {pools.length === 0 ? (
        <span className="dock-empty">{known || channel === 'open' ? texts.noPools : connection.short[channel]}</span>
      ) : null}
      {pools.map((pool) => (
        <DockPool key={pool.name} pool={pool} />
      ))}
    </section>
  );
}

/** A wheel that turns one way only moves tiles that find no room, too. */
function scrollAcross({ currentTarget, deltaX, deltaY }: WheelEvent): void {
  if (deltaX === 0) currentTarget.scrollLeft += deltaY;
}

/** A pool as it is, or out of sight as it was. */
function DockPool({ pool }: { pool: PoolState }) {
  const part = useRef<HTMLDivElement>(null);
  return (
    <div className="dock-pool" ref={part}>
      <PoolTiles pool={useAsSeen(pool, useInSight(part))} />
    </div>
  );
}

/** Looked at again when something of it has changed, which the pools at rest have not. */
const PoolTiles = memo(function PoolTiles({ pool }: { pool: PoolState }) {
  const app = useApp();
  const { backend: texts, backends, engine } = useMessages();
  const problem = pool.problem === undefined ? undefined : engine(pool.problem);
  const rate = poolRate(pool);
  return (
    <>
      <div className="dock-pool-name">
        <button
          type="button"
          className="truncate"
          title={pool.name}
          onClick={() => app.ui.setState({ page: 'backends', pool: pool.name })}
        >
          {pool.name}
        </button>
        <span className="truncate">{texts.policy[pool.policy]}</span>
        <span className="truncate" title={texts.worstP95}>
          {formatRate(rate)} · p95 {formatLatency(poolP95(pool))}
        </span>
      </div>
      {pool.backends.length === 0 ? (
        <span className="dock-empty" title={problem}>
          {problem ?? backends.noneDiscovered}
        </span>
      ) : null}
      {pool.backends.map((backend) => (
        <Tile key={backend.name} pool={pool.name} backend={backend} poolRate={rate} />
      ))}
    </>
  );
});
