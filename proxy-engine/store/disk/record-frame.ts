/** Where records begin and end in what was read of a segment: told by their own numbers, which are believed only when all of them fit together. */
import { commonFrameBytes } from '../record/common-frame.ts';
import { ATTEMPT, EXCHANGE, KIND_EXCHANGE } from '../record/record-format.ts';
import type { Segments } from './segments.ts';

/** A record and the bodies behind it, in bytes; `at`: where it begins. */
export interface Frame {
  at: number;
  record: number;
  request: number;
  response: number;
  whole: number;
}

/** A good size for what is read at once. */
export const SCRATCH_BYTES = 4 * 1024 ** 2;
const FEWEST_BYTES = EXCHANGE.count * 8;
/** How every record begins: its kind, as float64. */
const BEGINNING = Buffer.alloc(8);
BEGINNING.writeDoubleLE(KIND_EXCHANGE, 0);

/** Quicker than those of a Buffer, and records may begin anywhere. */
function numbersIn(block: Buffer): DataView {
  return new DataView(block.buffer, block.byteOffset, block.length);
}

export function numberIn(numbers: DataView, at: number, place: number): number {
  return numbers.getFloat64(at + place * 8, true);
}

/** The record that begins at `at`, of which the block may have less than all; null: none begins there. */
function frameAt(numbers: DataView, at: number): Frame | null {
  if (at + FEWEST_BYTES > numbers.byteLength) return null;
  const number = (place: number) => numberIn(numbers, at, place);
  const record = number(EXCHANGE.bytes);
  const request = number(EXCHANGE.requestBodyBytes);
  const response = number(EXCHANGE.responseBodyBytes);
  if (number(EXCHANGE.kind) !== KIND_EXCHANGE || !isCount(number(EXCHANGE.id))) return null;
  if (!isCount(request) || !isCount(response) || !isCount(number(EXCHANGE.attempts))) return null;
  const parts =
    (EXCHANGE.count + number(EXCHANGE.attempts) * ATTEMPT.count) * 8 +
    number(EXCHANGE.textBytes) +
    number(EXCHANGE.requestHeadBytes) +
    number(EXCHANGE.sentHeadBytes) +
    number(EXCHANGE.receivedHeadBytes);
  if (!Number.isSafeInteger(record) || record < parts || record >= parts + 8) return null;
  return { at, record, request, response, whole: record + request + response };
}

function isCount(number: number): boolean {
  return number >= 0 && Number.isSafeInteger(number);
}

/** Behind `at`, where the next record may begin; the end of the block when there is no such place. */
function nextBeginning(block: Buffer, at: number): number {
  const found = block.indexOf(BEGINNING, at + 1);
  return found < 0 ? block.length : found;
}

export interface Frames {
  block: Buffer;
  numbers: DataView;
  frames: Frame[];
  /** Bytes of the segment that need not be read again. */
  read: number;
  /** Of these, bytes that belong to no record. */
  unreadable: number;
}

/** The records from `offset` on, as many as `scratch` has room for, at least one; null: there is nothing more in the segment. */
export function readFrames(
  segments: Pick<Segments, 'bytesOf' | 'readInto'>,
  segment: number,
  offset: number,
  scratch: Buffer,
): Frames | null {
  const left = segments.bytesOf(segment) - offset;
  const block = left > 0 ? segments.readInto(scratch, segment, offset) : null;
  if (!block || block.length === 0) return null;
  const found = framesIn(block, block.length >= left);
  if (found.read > 0) return found;
  // What comes first is larger than that, or says so.
  const larger = Math.min(left, Math.max(scratch.length * 2, frameAt(numbersIn(block), 0)?.whole ?? 0));
  return readFrames(segments, segment, offset, Buffer.allocUnsafeSlow(larger));
}

function framesIn(block: Buffer, isEnd: boolean): Frames {
  const numbers = numbersIn(block);
  const found: Frames = { block, numbers, frames: [], read: 0, unreadable: 0 };
  while (found.read < block.length) {
    const at = found.read;
    const common = commonFrameBytes(numbers, at);
    if (common > 0 && at + common <= block.length) {
      found.read += common;
      continue;
    }
    const frame = frameAt(numbers, at);
    const isWhole = frame !== null && at + frame.whole <= block.length;
    if (isWhole) {
      found.frames.push(frame);
      found.read += frame.whole;
    } else if (!isEnd && (frame !== null || common > 0 || at + FEWEST_BYTES > block.length)) break;
    else {
      found.read = nextBeginning(block, at);
      found.unreadable += found.read - at;
    }
  }
  return found;
}
