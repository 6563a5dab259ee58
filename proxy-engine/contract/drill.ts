/** The drill document (control.md) and the report of a run. Parsed values carry plain numbers: milliseconds, requests a second. */
import { z } from 'zod';
import { backendStateSchema } from './config.ts';
import { headerMap } from './config-fields.ts';
import { type Expectation, parseExpectation } from './drill-expectation.ts';
import { DRILL_SIGNAL_NAMES } from './drill-signals.ts';
import { faultSchema } from './pool-commands.ts';
import { duration, rate } from './units.ts';

/** What a drill may send in all, so that its measurements fit in memory. */
export const MAX_DRILL_REQUESTS = 1_000_000;
const MAX_RATE = 20_000;
const MAX_DURATION_MS = 3_600_000;

const drillRate = rate.refine((perSecond) => perSecond > 0 && perSecond <= MAX_RATE, {
  error: `expected a rate from 1/m to ${MAX_RATE}/s`,
});

const backendName = z.string().regex(/^[^/]+\/[^/]+$/, { error: 'expected a backend as POOL/NAME, such as api/a' });

const load = z.strictObject({
  url: z
    .string()
    .regex(/^(https?:\/\/[^\s/?#]+)?\/\S*$|^https?:\/\/[^\s/?#]+$/, {
      error: 'expected a URL such as http://127.0.0.1:8080/, or a path such as /',
    })
    .default('/')
    .describe('A path goes to the first reverse listener, or to the one that is named.'),
  listener: z.string().optional(),
  rate: drillRate,
  connections: z.number().int().min(1).max(1024).default(16),
  method: z
    .string()
    .regex(/^[A-Z]+$/, { error: 'expected a method such as GET' })
    .default('GET'),
  headers: headerMap.default({}),
  body: z.string().optional(),
  timeout: duration.default(10_000).describe('A request that takes longer, waiting for its turn included, has failed.'),
});

const step = z.union([
  z.strictObject({ at: duration, backend: backendName, state: backendStateSchema }),
  z.strictObject({ at: duration, backend: backendName, fault: faultSchema.nullable() }),
  z.strictObject({
    at: duration,
    process: z.strictObject({
      port: z.number().int().min(1).max(65_535).describe('That the process listens on.'),
      signal: z.enum(DRILL_SIGNAL_NAMES),
    }),
  }),
]);

const expectation = z.string().transform((text, ctx): Expectation => {
  const parsed = parseExpectation(text);
  if (parsed.ok) return parsed.expectation;
  ctx.issues.push({ code: 'custom', input: text, message: `${parsed.message} (at character ${parsed.from + 1})` });
  return z.NEVER;
});

export const drillSchema = z
  .strictObject({
    version: z.literal(1).default(1),
    name: z.string().min(1).max(128).default('Drill'),
    config: z
      .string()
      .min(1)
      .optional()
      .describe('For the command line: an engine of its own. Absent: the running one.'),
    load,
    timeline: z.array(step).max(1000).default([]),
    duration: duration.refine((ms) => ms >= 100 && ms <= MAX_DURATION_MS, { error: 'expected from 100ms to 1h' }),
    expect: z.array(expectation).default([]),
  })
  .check(({ value, issues }) => {
    const report = (path: (string | number)[], message: string) =>
      issues.push({ code: 'custom', input: value, path, message });
    const requests = (value.load.rate * value.duration) / 1000;
    if (requests > MAX_DRILL_REQUESTS)
      report(['load', 'rate'], `a drill sends at most ${MAX_DRILL_REQUESTS} requests; this one would send ${requests}`);
    value.timeline.forEach((one, index) => {
      if (one.at > value.duration) report(['timeline', index, 'at'], 'is after the end of the drill');
    });
    value.expect.forEach((one, index) => {
      const problem = problemOf(one, value);
      if (problem !== null) report(['expect', index], problem);
    });
  });

/** What makes an expectation senseless in this drill; null: nothing. */
function problemOf({ measure }: Expectation, { timeline, duration: durationMs }: Drill): string | null {
  if (measure.kind === 'recovered')
    return timeline.some((one) => bringsBack(one) && 'backend' in one && one.backend === measure.backend)
      ? null
      : `the timeline never brings ${measure.backend} back with state: ready or fault: null`;
  return measure.window && measure.window.fromMs >= durationMs ? 'begins after the end of the drill' : null;
}

/** Whether a step ends what keeps a backend from its traffic. */
export function bringsBack(one: DrillStep): boolean {
  return ('state' in one && one.state === 'ready') || ('fault' in one && one.fault === null);
}

/** The document as a person writes it. */
export type DrillDocument = z.input<typeof drillSchema>;
export type Drill = z.output<typeof drillSchema>;
export type DrillStep = Drill['timeline'][number];
export type DrillLoad = Drill['load'];

// ── the report ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** `stopped`: by a person before its end. `broken`: it could not go on; `problem` says why. */
export type DrillOutcome = 'running' | 'passed' | 'failed' | 'stopped' | 'broken';

export interface DrillVerdict {
  text: string;
  passed: boolean;
  /** `0`, `212 ms`, `33.4 %`, `never` */
  measured: string;
}

export interface DrillStepReport {
  /** Milliseconds from the start: when it was due, and when it was done; absent: not yet. */
  atMs: number;
  doneMs?: number;
  /** `api/a` or `:3003` */
  target: string;
  kind: 'state' | 'fault' | 'process';
  /** `maint`, `resets before the head (50 % of requests)`, `SIGKILL` */
  what: string;
  /** What is known only when it happens: `node, pid 4711`. */
  note?: string;
}

/** One second of the drill; all numbers are of requests or attempts that began in it. */
export interface DrillSecond {
  requests: number;
  failed: number;
  retries: number;
  /** Milliseconds; absent without requests. */
  p50Ms?: number;
  p99Ms?: number;
  /** By the place of the backend in `backends`. */
  attempts: number[];
  failures: number[];
}

export interface DrillBackendReport {
  /** `api/a` */
  name: string;
  attempts: number;
  failures: number;
  /** Of its pool's attempts, 0–1. */
  share: number;
}

export interface DrillFailure {
  atMs: number;
  /** What the client saw: `502 RESET`, `ECONNREFUSED`, `no answer within 10 s`. */
  reason: string;
  /** Of the exchange that was recorded, if it reached the engine. */
  exchange?: number;
  /** Where its attempts went: `api/a, api/b`. */
  tried: string;
}

export interface DrillReport {
  id: string;
  name: string;
  outcome: DrillOutcome;
  problem?: string;
  /** Epoch milliseconds. */
  startedAt: number;
  /** As planned, and how far it is. */
  durationMs: number;
  elapsedMs: number;
  load: { url: string; method: string; rate: number; connections: number };
  totals: {
    requests: number;
    failed: number;
    attempts: number;
    retries: number;
    /** Requests a second that ended: less than `load.rate` when something does not keep up. */
    rate: number;
    p50Ms: number;
    p95Ms: number;
    p99Ms: number;
    maxMs: number;
  };
  verdicts: DrillVerdict[];
  steps: DrillStepReport[];
  backends: DrillBackendReport[];
  seconds: DrillSecond[];
  /** The first of them; `totals.failed` counts all. */
  failures: DrillFailure[];
  /** What was set back at the end: `api/a: ready`. */
  restored: string[];
  /** The document, to run it again. */
  document: string;
}

/** A run in the list of those that are kept. */
export interface DrillSummary {
  id: string;
  name: string;
  outcome: DrillOutcome;
  startedAt: number;
  requests: number;
  failed: number;
  p99Ms: number;
  /** How many expectations there were, and how many were met. */
  expected: number;
  met: number;
}

/** In the engine's state while a drill runs, and after it until the next one. */
export interface DrillStatus {
  id: string;
  name: string;
  outcome: DrillOutcome;
  /** Epoch milliseconds. */
  startedAt: number;
  durationMs: number;
  elapsedMs: number;
  /** So far: those that have ended. */
  requests: number;
  failed: number;
  /** Grows when its report has something new to show. */
  changes: number;
}
