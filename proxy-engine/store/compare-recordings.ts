/** How requests of the same kind did in two recordings. */
import { setImmediate } from 'node:timers/promises';
import type { ComparedRequests, ComparedSide, RecordingComparison } from '../contract/recording-commands.ts';
import type { RecordedExchanges } from './recorded-exchanges.ts';

/** Exchanges that are looked at before something else gets its turn. */
const TURN = 20_000;
/** What is beyond is counted, but not told by its path. */
const MOST_KINDS = 20_000;

type Side = 'before' | 'after';

interface Kind {
  method: string;
  host: string;
  path: string;
  before: Tally | null;
  after: Tally | null;
}

class Tally {
  failed = 0;
  readonly statuses: Record<string, number> = {};
  readonly durations: number[] = [];

  add(status: number | null, durationMs: number | null): void {
    if (status === null || status >= 500) this.failed++;
    const group = status === null ? 'none' : `${Math.floor(status / 100)}xx`;
    this.statuses[group] = (this.statuses[group] ?? 0) + 1;
    this.durations.push(durationMs ?? 0);
  }

  result(): ComparedSide {
    const sorted = this.durations.sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    const { failed, statuses } = this;
    return { count: sorted.length, failed, statuses, p50Ms: at(0.5), p95Ms: at(0.95) };
  }
}

/** Rejects with `BadFilter`. */
export async function compareRecordings(
  before: RecordedExchanges,
  after: RecordedExchanges,
  filter: string | undefined,
  limit: number,
): Promise<RecordingComparison> {
  const kinds = new Map<string, Kind>();
  const totals = { before: new Tally(), after: new Tally() };
  await count(before, filter, 'before', kinds, totals.before);
  await count(after, filter, 'after', kinds, totals.after);
  const requests = [...kinds.values()].map(resultOf).sort((a, b) => difference(b) - difference(a));
  return {
    before: totals.before.result(),
    after: totals.after.result(),
    requests: requests.slice(0, limit),
    more: Math.max(0, requests.length - limit),
  };
}

async function count(
  from: RecordedExchanges,
  filter: string | undefined,
  side: Side,
  kinds: Map<string, Kind>,
  total: Tally,
): Promise<void> {
  const ids = (await from.find(filter)).slice();
  const requests = new Map<number, { method: string; host: string }>();
  for (let at = 0; at < ids.length; at += TURN) {
    for (const row of from.columns('shape, path, status, duration', ids.slice(at, at + TURN))) {
      const [shape, path, status, duration] = row as [number, string, number | null, number | null];
      let request = requests.get(shape);
      if (request === undefined) requests.set(shape, (request = from.requestOf(shape)));
      total.add(status, duration);
      tallyOf(kinds, request, path, side)?.add(status, duration);
    }
    await setImmediate();
  }
}

function tallyOf(
  kinds: Map<string, Kind>,
  { method, host }: { method: string; host: string },
  path: string,
  side: Side,
): Tally | null {
  const pattern = pathPattern(path);
  const key = `${method} ${host}${pattern}`;
  let kind = kinds.get(key);
  if (kind === undefined) {
    if (kinds.size >= MOST_KINDS) return null;
    kinds.set(key, (kind = { method, host, path: pattern, before: null, after: null }));
  }
  return (kind[side] ??= new Tally());
}

/** `/orders/77/items/6f1c…` → `/orders/{id}/items/{id}`. */
export function pathPattern(path: string): string {
  return path.replace(/(?<=\/)(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27}|(?=[a-f]*\d)[0-9a-f]{16,})(?=\/|$)/gi, '{id}');
}

function resultOf({ method, host, path, before, after }: Kind): ComparedRequests {
  return { method, host, path, ...(before && { before: before.result() }), ...(after && { after: after.result() }) };
}

/** How much worse or better, from 0: what is only on one side counts as much as failing always instead of never. */
function difference({ before, after }: ComparedRequests): number {
  if (!before || !after) return 1 + Math.log10((before ?? after)?.count ?? 1) / 100;
  const failures = Math.abs(before.failed / before.count - after.failed / after.count);
  const slower = Math.abs(Math.log10((after.p95Ms + 1) / (before.p95Ms + 1)));
  return failures + slower;
}
