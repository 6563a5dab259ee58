/** Makes the index of recordings anew out of the recordings themselves. */
import type { ExchangeIndex } from '../index/exchange-index.ts';
import { EXCHANGE } from '../record/record-format.ts';
import { readExchange } from '../record/record-reader.ts';
import { ownCopy } from '../record/rewrite-record.ts';
import { exchangeOf } from '../record/stored-exchange.ts';
import { type Frames, numberIn, readFrames, SCRATCH_BYTES } from './record-frame.ts';
import type { Segments } from './segments.ts';
import { type WholeRecord, WholeRecords } from './whole-records.ts';

export interface Recovered {
  exchanges: number;
  /** Bytes that belong to no exchange that could be read. */
  unreadableBytes: number;
}

/** What a later record says of an exchange replaces what an earlier one said. */
export function recover(segments: Segments, index: ExchangeIndex): Recovered {
  const recovered: Recovered = { exchanges: 0, unreadableBytes: 0 };
  const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  const records = new WholeRecords(segments);
  for (const segment of segments.numbers) {
    for (let offset = 0; ; ) {
      const found = readFrames(segments, segment, offset, scratch);
      if (!found) break;
      index.transaction(() => putAll(index, records, found, { segment, offset }, recovered));
      offset += found.read;
    }
  }
  return recovered;
}

function putAll(
  index: ExchangeIndex,
  records: WholeRecords,
  { block, numbers, frames, unreadable }: Frames,
  { segment, offset }: { segment: number; offset: number },
  recovered: Recovered,
): void {
  recovered.unreadableBytes += unreadable;
  for (const frame of frames) {
    const place = {
      id: numberIn(numbers, frame.at, EXCHANGE.id),
      segment,
      offset: offset + frame.at,
      recordBytes: frame.record,
      requestBodyBytes: frame.request,
      responseBodyBytes: frame.response,
    };
    const found = records.at(place, block.subarray(frame.at, frame.at + frame.whole));
    if (found === null || !isReadable(found)) {
      recovered.unreadableBytes += frame.whole;
      continue;
    }
    index.put(ownCopy(found.record), place);
    recovered.exchanges++;
  }
}

/** Whether everything that the window may ask of it can be told. */
function isReadable({ record, request, response }: WholeRecord): boolean {
  try {
    exchangeOf(readExchange(record, { request, response }));
    return true;
  } catch {
    return false;
  }
}
