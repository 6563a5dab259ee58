/** The commands about pools and their backends, and what they answer; part of the table in `api.ts`. */
import { z } from 'zod';
import { backendStateSchema, hashSchema, policySchema } from './config.ts';
import type { Changed } from './config-edit.ts';
import type { Fault } from './state.ts';
import { bandwidth, duration } from './units.ts';

const backendRef = z.strictObject({ pool: z.string(), backend: z.string() });
const percent = z.number().min(0).max(100);

export const faultSchema = z
  .strictObject({
    latency: duration.optional(),
    jitter: duration.optional(),
    /** How many of the requests that are hit fail with `status`. */
    errorPercent: percent.optional(),
    /** Default 503. */
    status: z.number().int().min(200).max(599).optional(),
    reset: z.enum(['connect', 'head', 'body']).optional(),
    blackhole: z.boolean().optional(),
    bandwidth: bandwidth.optional(),
    truncate: z.boolean().optional(),
    /** Share of the requests that are hit at all. */
    percent: percent.optional(),
  })
  .refine((given) => Object.keys(given).some((key) => key !== 'percent'), {
    error: 'a fault needs something that goes wrong; null ends it',
  })
  .transform(({ latency: latencyMs, jitter: jitterMs, bandwidth: bandwidthBytesPerSecond, ...rest }) => {
    const entries = Object.entries({ ...rest, latencyMs, jitterMs, bandwidthBytesPerSecond });
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Fault;
  });

/** As `backend.setFault` takes it: durations and bandwidths with units. */
export type FaultInput = z.input<typeof faultSchema>;

const persistLater = z.boolean().default(false);

export const poolCommands = {
  'backend.setState': backendRef.extend({ state: backendStateSchema, persist: persistLater }),
  'backend.setWeight': backendRef.extend({ weight: z.number().int().min(0).max(256), persist: persistLater }),
  /** At run time only; `null` ends it. */
  'backend.setFault': backendRef.extend({ fault: faultSchema.nullable() }),
  'backend.add': z.strictObject({
    pool: z.string(),
    url: z.string(),
    name: z.string().optional(),
    weight: z.number().int().min(0).max(256).optional(),
    backup: z.boolean().optional(),
    persist: z.boolean().default(true),
  }),
  'backend.remove': backendRef.extend({ persist: z.boolean().default(true) }),
  'pool.setPolicy': z.strictObject({
    pool: z.string(),
    policy: policySchema,
    hash: hashSchema.optional(),
    persist: persistLater,
  }),
  /** Runs the pool's check (a TCP connect when it has none) once, at one of its backends or at another URL. */
  'pool.probe': z.union([backendRef, z.strictObject({ pool: z.string(), url: z.string() })]),
  /** How the pool's policy divides keys, and whom it would pick for `key`; nothing is counted. */
  'pool.explain': z.strictObject({
    pool: z.string(),
    key: z.string().optional(),
    /** In how many equal parts the circle of hashes is told. */
    slots: z.number().int().min(0).max(4096).default(0),
  }),
  /** What backends did in the last `HISTORY_SECONDS`, for charts that have just begun. */
  'pools.history': z.strictObject({}).default({}),
  /** Listening TCP ports of this machine that could be backends. */
  'discover.local': z.strictObject({}).default({}),
} as const;

export interface ProbeAnswer {
  passed: boolean;
  /** `200 in 2 ms`, `connection refused` */
  detail: string;
  tookMs: number;
}

export interface PoolExplanation {
  /** Whether the policy picks by a key. */
  keyed: boolean;
  /** Of policies with a ring or a table. */
  ring?: {
    /** Who owns each part of the circle: an index into the pool's backends. */
    slots: number[];
    /** The part of all keys that each of the pool's backends owns, from 0 to 1. */
    shares: number[];
    /** Where the key lies, from 0 to 1. */
    position?: number;
  };
  /** For `key`, as things are now; absent without one, or when nobody is available. */
  backend?: string;
  /** Whose key it is, when that one is out and `backend` stands in for it. */
  insteadOf?: string;
}

/** How far back `pools.history` goes, at one sample a second. */
export const HISTORY_SECONDS = 300;

/** By so much a clock steps back that is a little ahead; one that is set back by more begins the history anew. */
export const LITTLE_BACK_SECONDS = 60;

/** Of the backends that have had requests: columns as long as `times`, to a tenth. Empty where there is neither window nor control port. */
export interface PoolsHistory {
  /** Epoch seconds, oldest first. */
  times: number[];
  /** Rates per second and latencies as in the state then; `failures` counts since the start. */
  backends: ({ pool: string; backend: string } & Record<'rate' | 'p50Ms' | 'p95Ms' | 'p99Ms' | 'failures', number[]>)[];
}

/** A listening TCP port of this machine. */
export interface LocalPort {
  port: number;
  /** As a backend would be written: `http://127.0.0.1:3000`. */
  url: string;
  pid?: number;
  /** `node`; absent when the system does not tell. */
  process?: string;
  /** Last part of the directory that the process works in. */
  directory?: string;
}

export interface PoolCommandResults {
  'backend.setState': null;
  'backend.setWeight': null;
  'backend.setFault': null;
  'backend.add': Changed;
  'backend.remove': Changed;
  'pool.setPolicy': Changed;
  'pool.probe': ProbeAnswer;
  'pool.explain': PoolExplanation;
  'pools.history': PoolsHistory;
  'discover.local': { ports: LocalPort[] };
}
