/** What backends did in the last minutes, second by second, for windows that open later. */
import type { Clock } from '../clock.ts';
import { HISTORY_SECONDS, LITTLE_BACK_SECONDS, type PoolsHistory } from '../contract/pool-commands.ts';
import type { BackendStatus, EngineState } from '../contract/state.ts';

const FIGURES = ['rate', 'p50Ms', 'p95Ms', 'p99Ms', 'failures'] as const;
type Figure = (typeof FIGURES)[number];

interface Rings {
  pool: string;
  backend: string;
  figures: Record<Figure, Float64Array>;
}

/** Memory is bounded: five rings of `HISTORY_SECONDS` numbers for each backend that has had requests. */
export class PoolsHistoryKeeper {
  readonly #times = new Float64Array(HISTORY_SECONDS);
  /** How many samples there were. */
  #count = 0;
  #rings = new Map<string, Rings>();

  /** Samples what `state` answers once a second until the returned function is called. */
  start(clock: Clock, state: () => Pick<EngineState, 'pools'>): () => void {
    return clock.every(1000, () => this.sample(Math.floor(clock.epoch() / 1000), state().pools));
  }

  /** Of two samples in one second the first counts. */
  sample(epochSeconds: number, pools: EngineState['pools']): void {
    const newest = this.#count > 0 ? this.#times[(this.#count - 1) % HISTORY_SECONDS] : Number.NEGATIVE_INFINITY;
    if (epochSeconds < (newest as number) - LITTLE_BACK_SECONDS) this.#beginAnew();
    else if (epochSeconds <= (newest as number)) return;
    this.#times[this.#count % HISTORY_SECONDS] = epochSeconds;
    const rings = new Map<string, Rings>();
    for (const { name, backends } of pools) for (const backend of backends) this.#keep(rings, name, backend);
    this.#rings = rings;
    this.#count++;
  }

  #beginAnew(): void {
    this.#count = 0;
    this.#rings = new Map();
  }

  /** A backend that went and came back begins anew. */
  #keep(rings: Map<string, Rings>, pool: string, backend: BackendStatus): void {
    const key = `${pool}/${backend.name}`;
    const own = this.#rings.get(key) ?? (backend.requests > 0 ? newRings(pool, backend.name) : null);
    if (!own) return;
    for (const figure of FIGURES) own.figures[figure][this.#count % HISTORY_SECONDS] = rounded(backend[figure]);
    rings.set(key, own);
  }

  read(): PoolsHistory {
    const from = Math.max(0, this.#count - HISTORY_SECONDS);
    const samples = Array.from({ length: this.#count - from }, (_, index) => from + index);
    const column = ({ figures }: Rings, figure: Figure): number[] =>
      samples.map((at) => figures[figure][at % HISTORY_SECONDS] as number);
    return {
      times: samples.map((at) => this.#times[at % HISTORY_SECONDS] as number),
      backends: [...this.#rings.values()].map((rings) => ({
        pool: rings.pool,
        backend: rings.backend,
        rate: column(rings, 'rate'),
        p50Ms: column(rings, 'p50Ms'),
        p95Ms: column(rings, 'p95Ms'),
        p99Ms: column(rings, 'p99Ms'),
        failures: column(rings, 'failures'),
      })),
    };
  }
}

/** It did nothing before. */
function newRings(pool: string, backend: string): Rings {
  const ring = () => new Float64Array(HISTORY_SECONDS);
  return { pool, backend, figures: { rate: ring(), p50Ms: ring(), p95Ms: ring(), p99Ms: ring(), failures: ring() } };
}

/** To a tenth: what a chart shows, in few letters. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
