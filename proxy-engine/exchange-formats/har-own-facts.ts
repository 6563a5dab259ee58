/** What Switchyard wrote into a HAR beside the standard, read back; other versions and hands may have changed it. */
import { z } from 'zod';
import { MARK_COLORS } from '../contract/exchange.ts';

const ms = z.number().catch(-1);
const lines = z.array(z.tuple([z.string(), z.string()]));
const pairs = z.array(
  z.object({ name: z.string(), value: z.string() }).transform(({ name, value }) => [name, value] as const),
);
const error = z.object({ code: z.string(), message: z.string() });
const text = z.string().optional().catch(undefined);

const attempt = z.object({
  backend: z.string(),
  address: z.string(),
  why: z.string().catch(''),
  outcome: z.enum(['answered', 'retried', 'failed', 'pending']),
  status: z.number().int().optional().catch(undefined),
  error: error.optional().catch(undefined),
  fault: text,
  reused: z.boolean().catch(false),
  startedMs: z.number(),
  timings: z.object({ blocked: ms, dns: ms, connect: ms, tls: ms, send: ms, wait: ms, receive: ms }),
  bytesSent: z.number().catch(0),
  bytesReceived: z.number().catch(0),
  protocol: text,
});

const rule = z.object({ name: z.string(), phase: z.enum(['request', 'response']), actions: z.array(z.string()) });

const change = z.object({
  op: z.enum(['set', 'append', 'delete', 'rewrite', 'method', 'target', 'authority', 'status', 'head']),
  name: z.string(),
  values: z.array(z.string()),
});
const step = z.object({
  phase: z.enum(['request', 'response']),
  rule: text,
  action: z.string(),
  changes: z.array(change),
});

const answer = z.object({ status: z.number().int(), reason: z.string(), headers: lines });

const ownFacts = z.object({
  startedAt: z.number().optional().catch(undefined),
  durationMs: z.number().min(0).optional().catch(undefined),
  protocol: text,
  url: text,
  listener: text,
  route: text,
  pool: text,
  backend: text,
  attempts: z.array(attempt).catch([]),
  rules: z.array(rule).catch([]),
  steps: z.array(step).catch([]),
  error: error.optional().catch(undefined),
  mark: z
    .object({ color: z.enum(MARK_COLORS).optional().catch(undefined), note: text })
    .optional()
    .catch(undefined),
  replayed: z.literal(true).optional().catch(undefined),
  client: z.object({ address: z.string(), port: z.number().int() }).optional().catch(undefined),
  sent: z.object({ method: z.string(), target: z.string(), headers: lines }).optional().catch(undefined),
  received: answer.optional().catch(undefined),
  interim: z.array(answer).catch([]),
  requestTrailers: pairs.catch([]),
  responseTrailers: pairs.catch([]),
});

export type OwnFacts = z.output<typeof ownFacts>;
export type OwnAttempt = z.output<typeof attempt>;

/** null: another program wrote it. */
export function readOwnFacts(value: unknown): OwnFacts | null {
  return ownFacts.safeParse(value).data ?? null;
}
