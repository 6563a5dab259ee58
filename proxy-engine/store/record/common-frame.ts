/** The text that many records have in common (method, host, route, rules that held …): it lies once before them, and each says how far. */
import { ATTEMPT, COMMON, EXCHANGE, FLAG_COMMON_APART, KIND_COMMON } from './record-format.ts';
import { numberAt } from './record-reader.ts';

const NUMBERS_BYTES = COMMON.count * 8;

/** From the beginning of that text to that of the record at `at`; 0: the record has all of its text itself. */
export function commonBack(bytes: Buffer, at: number): number {
  const isApart = (numberAt(bytes, at, EXCHANGE.flags) & FLAG_COMMON_APART) !== 0;
  return isApart ? numberAt(bytes, at, EXCHANGE.commonBack) : 0;
}

/** Length of such a text with its numbers, of which `numbers` may have the beginning only; 0: none begins at `at`. */
export function commonFrameBytes(numbers: DataView, at: number): number {
  if (at + NUMBERS_BYTES > numbers.byteLength) return 0;
  const number = (place: number) => numbers.getFloat64(at + place * 8, true);
  const [bytes, shapeBytes, length] = [number(COMMON.bytes), number(COMMON.shapeBytes), number(COMMON.length)];
  const isOne = number(COMMON.kind) === KIND_COMMON && shapeBytes >= 0 && shapeBytes <= length;
  return isOne && Number.isSafeInteger(bytes) && bytes === Math.ceil((NUMBERS_BYTES + length) / 8) * 8 ? bytes : 0;
}

/** The text of the shape alone. */
export function shapeTextIn(common: Buffer): string {
  return common.toString('utf8', NUMBERS_BYTES, NUMBERS_BYTES + numberAt(common, 0, COMMON.shapeBytes));
}

/**
 * The record with all of its text in it, at a place that is a multiple of eight. `common`: with its numbers, as it lies before the record;
 * of the record there may be the beginning only.
 */
export function withCommon(record: Buffer, common: Buffer): Buffer {
  const shapeBytes = numberAt(common, 0, COMMON.shapeBytes);
  const text = common.subarray(NUMBERS_BYTES, NUMBERS_BYTES + numberAt(common, 0, COMMON.length));
  const number = (place: number) => numberAt(record, 0, place);
  const textStart = (EXCHANGE.count + number(EXCHANGE.attempts) * ATTEMPT.count) * 8;
  const heads = number(EXCHANGE.requestHeadBytes) + number(EXCHANGE.sentHeadBytes) + number(EXCHANGE.receivedHeadBytes);
  const textBytes = text.length + number(EXCHANGE.textBytes);
  const wholeBytes = padded(textStart + textBytes + heads);
  const whole = Buffer.alloc(Math.min(wholeBytes, padded(record.length + text.length)));
  whole.set(record.subarray(0, textStart));
  whole.set(text, textStart);
  record.copy(whole, textStart + text.length, textStart);
  const numbers = new Float64Array(whole.buffer, whole.byteOffset, EXCHANGE.count);
  numbers[EXCHANGE.flags] = number(EXCHANGE.flags) & ~FLAG_COMMON_APART;
  numbers[EXCHANGE.bytes] = wholeBytes;
  numbers[EXCHANGE.shapeBytes] = shapeBytes;
  numbers[EXCHANGE.commonBytes] = text.length;
  numbers[EXCHANGE.textBytes] = textBytes;
  return whole;
}

function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}
