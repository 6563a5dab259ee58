/** A record taken apart, and put together again when some of its parts have become other ones. */
import { ATTEMPT, EXCHANGE, FLAG_MESSAGES, NUL, OWN } from './record-format.ts';
import { numberAt } from './record-reader.ts';

export interface RecordParts {
  /** Of the exchange and its attempts; lengths are written when it is put together. */
  numbers: Buffer;
  /** See `SHAPE`; the last one is empty. */
  shape: string[];
  attempts: Buffer;
  /** See `OWN`. */
  own: string[];
  /** The request's, that sent to the backend, that received from it. */
  heads: Buffer[];
}

const HEADS = [EXCHANGE.requestHeadBytes, EXCHANGE.sentHeadBytes, EXCHANGE.receivedHeadBytes] as const;

/** `record`: without bodies. */
export function partsOf(record: Buffer): RecordParts {
  const number = (place: number) => numberAt(record, 0, place);
  const text = (EXCHANGE.count + number(EXCHANGE.attempts) * ATTEMPT.count) * 8;
  const attempts = text + number(EXCHANGE.shapeBytes);
  const own = text + number(EXCHANGE.commonBytes);
  const textEnd = text + number(EXCHANGE.textBytes);
  let at = textEnd;
  return {
    numbers: Buffer.from(record.subarray(0, text)),
    shape: record.toString('utf8', text, attempts).split(NUL),
    attempts: record.subarray(attempts, own),
    own: record.toString('utf8', own, textEnd).split(NUL),
    heads: HEADS.map((place) => record.subarray(at, (at += number(place)))),
  };
}

/** `text`: of `MessageLog`. */
export function putMessages({ numbers, own }: RecordParts, text: string): void {
  own[OWN.messages] = text;
  numbers.writeDoubleLE(numberAt(numbers, 0, EXCHANGE.flags) | FLAG_MESSAGES, EXCHANGE.flags * 8);
}

/** At a place that is a multiple of eight. */
export function recordOf({ numbers, shape, attempts, own, heads }: RecordParts): Buffer {
  const shapeText = Buffer.from(shape.join(NUL));
  const ownText = Buffer.from(own.join(NUL));
  const parts = [numbers, shapeText, attempts, ownText, ...heads];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const record = Buffer.allocUnsafeSlow((length + 7) & ~7).fill(0, length);
  let at = 0;
  for (const part of parts) at += part.copy(record, at);
  const commonBytes = shapeText.length + attempts.length;
  const lengths: [place: number, number: number][] = [
    [EXCHANGE.bytes, record.length],
    // Numbers of shapes mean nothing in another run of the engine.
    [EXCHANGE.shape, 0],
    [EXCHANGE.shapeBytes, shapeText.length],
    [EXCHANGE.commonBytes, commonBytes],
    [EXCHANGE.textBytes, commonBytes + ownText.length],
    ...HEADS.map((place, n): [number, number] => [place, heads[n]?.length ?? 0]),
  ];
  for (const [place, number] of lengths) record.writeDoubleLE(number, place * 8);
  return record;
}
