/** How requests of the same kind did in two recordings. */
import { setImmediate } from 'node:timers/promises';
import type { ComparedRequests, ComparedSide, RecordingComparison } from '../../contract/recording-commands.ts';
import { wireText } from '../../contract/wire-text.ts';
import type { RecordedExchanges } from '../recorded-exchanges.ts';
import { takeTurns } from '../turns.ts';

/** Exchanges that are looked at before something else gets its turn. */
const TURN = 5000;
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
  #failed = 0;
  /** By the first digit of the status; 0: not answered. */
  readonly #statuses = new Uint32Array(10);
  /** Milliseconds; there may be a million of them. */
  #durations = new Float32Array(4);
  #count = 0;

  add(status: number | null, durationMs: number | null): void {
    if (status === null || status >= 500) this.#failed++;
    (this.#statuses[Math.floor((status ?? 0) / 100)] as number)++;
    if (this.#count === this.#durations.length) this.#grow();
    this.#durations[this.#count++] = durationMs ?? 0;
  }

  #grow(): void {
    const longer = new Float32Array(this.#count * 2);
    longer.set(this.#durations);
    this.#durations = longer;
  }

  result(): ComparedSide {
    const sorted = this.#durations.subarray(0, this.#count).sort();
    const at = (share: number) =>
      toMicroseconds(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
    const counted = [...this.#statuses].flatMap((count, digit) => (count === 0 ? [] : [[groupOf(digit), count]]));
    const statuses = Object.fromEntries(counted) as Record<string, number>;
    return { count: sorted.length, failed: this.#failed, statuses, p50Ms: at(0.5), p95Ms: at(0.95) };
  }
}

function groupOf(digit: number): string {
  return digit === 0 ? 'none' : `${digit}xx`;
}

/** More is not in a float32. */
function toMicroseconds(ms = 0): number {
  return Math.round(ms * 1000) / 1000;
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
  // A million durations are put in order for each.
  const ofBefore = totals.before.result();
  await setImmediate();
  const ofAfter = totals.after.result();
  const requests = await resultsOf([...kinds.values()]);
  return {
    before: ofBefore,
    after: ofAfter,
    requests: requests.slice(0, limit),
    more: Math.max(0, requests.length - limit),
  };
}

/** Those that differ most come first. */
async function resultsOf(kinds: readonly Kind[]): Promise<ComparedRequests[]> {
  const results: { result: ComparedRequests; differs: number }[] = [];
  const step = () => {
    const kind = kinds[results.length];
    if (kind === undefined) return 'done';
    const result = resultOf(kind);
    results.push({ result, differs: difference(result) });
    return 'more';
  };
  await setImmediate();
  await takeTurns(step, () => true);
  await setImmediate();
  return results.sort((a, b) => b.differs - a.differs).map(({ result }) => result);
}

async function count(
  from: RecordedExchanges,
  filter: string | undefined,
  side: Side,
  kinds: Map<string, Kind>,
  total: Tally,
): Promise<void> {
  const ids = (await from.find(filter)).slice();
  const ofShapes = new Map<number, KindsOfShape>();
  for (let at = 0; at < ids.length; at += TURN) {
    from.each('shape, path, status, duration', ids.slice(at, at + TURN), (row) => {
      const [, shape, path, status, duration] = row as readonly [number, number, string, number | null, number | null];
      let ofShape = ofShapes.get(shape);
      if (ofShape === undefined) ofShapes.set(shape, (ofShape = new KindsOfShape(from.requestOf(shape), side, kinds)));
      total.add(status, duration);
      ofShape.tallyOf(pathPattern(path))?.add(status, duration);
    });
    await setImmediate();
  }
}

/** Of one method and host, so that the text which names a kind is not made for every exchange. */
class KindsOfShape {
  readonly #request: { method: string; host: string };
  readonly #side: Side;
  readonly #all: Map<string, Kind>;
  readonly #byPath = new Map<string, Tally | null>();

  constructor(request: { method: string; host: string }, side: Side, all: Map<string, Kind>) {
    this.#request = request;
    this.#side = side;
    this.#all = all;
  }

  /** null: there are too many kinds to tell this one. */
  tallyOf(path: string): Tally | null {
    let tally = this.#byPath.get(path);
    if (tally === undefined && this.#byPath.size < MOST_KINDS) this.#byPath.set(path, (tally = this.#find(path)));
    return tally ?? null;
  }

  #find(path: string): Tally | null {
    const { method, host } = this.#request;
    const key = `${method} ${host}${path}`;
    let kind = this.#all.get(key);
    if (kind === undefined) {
      if (this.#all.size >= MOST_KINDS) return null;
      this.#all.set(key, (kind = { method, host, path, before: null, after: null }));
    }
    return (kind[this.#side] ??= new Tally());
  }
}

/** `/orders/77/items/6f1c…` → `/orders/{id}/items/{id}`. */
export function pathPattern(path: string): string {
  return path.replace(/(?<=\/)(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27}|(?=[a-f]*\d)[0-9a-f]{16,})(?=\/|$)/gi, '{id}');
}

function resultOf({ method, host, path, before, after }: Kind): ComparedRequests {
  return {
    method,
    host: wireText(host),
    path: wireText(path),
    ...(before && { before: before.result() }),
    ...(after && { after: after.result() }),
  };
}

/** How much worse or better, from 0: what is only on one side counts as much as failing always instead of never. */
function difference({ before, after }: ComparedRequests): number {
  if (!before || !after) return 1 + Math.log10((before ?? after)?.count ?? 1) / 100;
  const failures = Math.abs(before.failed / before.count - after.failed / after.count);
  const slower = Math.abs(Math.log10((after.p95Ms + 1) / (before.p95Ms + 1)));
  return failures + slower;
}
