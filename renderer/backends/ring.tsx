import type { PoolExplanation } from '../../proxy-engine/contract/pool-commands.ts';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import { useEngine, useMessages } from '../app-context.tsx';
import { backendColor } from '../store/backend-color.ts';
import { arcPath, arcsOf, pointAt } from './ring-arcs.ts';

const RADIUS = 50;
const WIDTH = 14;

interface RingProps {
  pool: PoolState;
  ring: NonNullable<PoolExplanation['ring']>;
  /** The backend that gets the key at `ring.position`. */
  owner: string | undefined;
}

/** The circle of hashes in the colours of its owners, and where the key lies on it. Its shares stand beside it as text. */
export function Ring({ pool, ring, owner }: RingProps) {
  const { pools } = useMessages();
  const state = useEngine((view) => view.state);
  return (
    <svg className="ring" viewBox="-68 -68 136 136" role="img" aria-label={pools.ring(pool.name)}>
      {arcsOf(ring.slots).map((arc) => {
        const backend = pool.backends[arc.owner];
        return (
          <path
            key={arc.from}
            d={arcPath(arc, RADIUS)}
            fill="none"
            strokeWidth={WIDTH}
            stroke={backendColor(state, pool.name, backend?.name)}
            className={backend?.available ? undefined : 'ring-out'}
          />
        );
      })}
      {ring.position === undefined ? null : (
        <Needle position={ring.position} color={backendColor(state, pool.name, owner)} />
      )}
    </svg>
  );
}

/** Its tip has the owner's colour: what it points at may be finer than the drawing. */
function Needle({ position, color }: { position: number; color: string }) {
  const [x, y] = pointAt(position, RADIUS - WIDTH / 2 - 3);
  const [outerX, outerY] = pointAt(position, RADIUS + WIDTH / 2 + 4);
  return (
    <g className="ring-needle">
      <line x1={0} y1={0} x2={x} y2={y} />
      <line x1={x} y1={y} x2={outerX} y2={outerY} className="ring-needle-halo" />
      <line x1={x} y1={y} x2={outerX} y2={outerY} />
      <circle r={2.5} />
      <circle r={5} cx={outerX} cy={outerY} fill={color} className="ring-tip" />
    </g>
  );
}
