/** Records on their way into a segment: how they will lie there. */
import type { Place } from '../index/exchange-index.ts';
import { withCommon } from '../record/common-frame.ts';
import { EXCHANGE } from '../record/record-format.ts';
import { numbersIn, type Records } from '../record/records.ts';
import { ownCopy } from '../record/rewrite-record.ts';
import { type Bodies, lengthOf, NO_BODY } from './open-parts.ts';
import type { WholeRecord } from './whole-records.ts';

/** Records with bodies behind them, and texts that they have in common before them, as they will lie in a segment. */
export interface Run extends Records {
  /** Texts that lie in it, and where. */
  readonly texts: readonly { common: Buffer; at: number }[];
  /** Of its only record, and not in `bytes`; NO_BODY: it may have many records. */
  readonly bodies: Bodies;
}

export function hasBodies(runs: readonly Run[]): boolean {
  return runs.some(({ numbers, starts }) => starts.some((start) => bodyBytesOf(numbers, start >>> 3) > 0));
}

function bodyBytesOf(numbers: Float64Array, base: number): number {
  return (numbers[base + EXCHANGE.requestBodyBytes] as number) + (numbers[base + EXCHANGE.responseBodyBytes] as number);
}

/** The same without any bodies, a record each. */
export function withoutBodies(runs: readonly Run[]): Run[] {
  return runs.flatMap((run) => [
    ...run.texts.map(({ common }) => textRun(common)),
    ...run.starts.map((start, n) => bareRun(run, start, n)),
  ]);
}

function textRun(common: Buffer): Run {
  const texts = [{ common, at: 0 }];
  return { bytes: common, numbers: numbersIn(common), starts: [], commons: [], texts, bodies: NO_BODY };
}

function bareRun(run: Run, start: number, n: number): Run {
  const bytes = run.bytes.subarray(start, start + (run.numbers[(start >>> 3) + EXCHANGE.bytes] as number));
  const numbers = numbersIn(bytes);
  numbers[EXCHANGE.requestBodyBytes] = 0;
  numbers[EXCHANGE.responseBodyBytes] = 0;
  return { bytes, numbers, starts: [0], commons: [run.commons[n] ?? null], texts: [], bodies: NO_BODY };
}

/** The ends of those exchanges, in memory of their own. */
export function endsIn(runs: readonly Run[], ids: ReadonlySet<number>): Map<number, WholeRecord> {
  const found = new Map<number, WholeRecord>();
  for (const run of runs)
    run.starts.forEach((start, n) => {
      const base = start >>> 3;
      const id = run.numbers[base + EXCHANGE.id] as number;
      const isLast = (run.numbers[base + EXCHANGE.durationMs] as number) >= 0;
      if (isLast && ids.has(id)) found.set(id, wholeRecord(run, start, run.commons[n] ?? null));
    });
  return found;
}

function wholeRecord({ bytes, numbers, bodies }: Run, start: number, common: Buffer | null): WholeRecord {
  const base = start >>> 3;
  const recordEnd = start + (numbers[base + EXCHANGE.bytes] as number);
  const requestEnd = recordEnd + (numbers[base + EXCHANGE.requestBodyBytes] as number);
  const responseEnd = requestEnd + (numbers[base + EXCHANGE.responseBodyBytes] as number);
  const record = bytes.subarray(start, recordEnd);
  const behind = bodies === NO_BODY;
  return {
    record: ownCopy(common === null ? record : withCommon(record, common)),
    request: Buffer.concat(behind ? [bytes.subarray(recordEnd, requestEnd)] : bodies.request),
    response: Buffer.concat(behind ? [bytes.subarray(requestEnd, responseEnd)] : bodies.response),
  };
}

/** Their bytes one after the other, and where each record of each will lie when the first begins at `start`. */
export function layOut(
  runs: readonly Run[],
  start: { segment: number; offset: number },
): { parts: Buffer[]; places: Place[][] } {
  const parts: Buffer[] = [];
  const commons = new Map<Buffer, number>();
  let { offset } = start;
  const places = runs.map((run) => {
    const { bytes, bodies, texts } = run;
    for (const { common, at } of texts) commons.set(common, offset + at);
    const found = placesIn(run, start.segment, offset, commons);
    parts.push(bytes, ...bodies.request, ...bodies.response);
    offset += bytes.length + lengthOf(bodies.request) + lengthOf(bodies.response);
    return found;
  });
  return { parts, places };
}

/** Each record is told how far before it its text will lie. */
function placesIn(run: Run, segment: number, runOffset: number, commons: ReadonlyMap<Buffer, number>): Place[] {
  const { numbers } = run;
  return run.starts.map((start, n) => {
    const base = start >>> 3;
    const offset = runOffset + start;
    const common = run.commons[n] ?? null;
    if (common !== null) numbers[base + EXCHANGE.commonBack] = offset - (commons.get(common) as number);
    return {
      id: numbers[base + EXCHANGE.id] as number,
      segment,
      offset,
      recordBytes: numbers[base + EXCHANGE.bytes] as number,
      requestBodyBytes: numbers[base + EXCHANGE.requestBodyBytes] as number,
      responseBodyBytes: numbers[base + EXCHANGE.responseBodyBytes] as number,
    };
  });
}
