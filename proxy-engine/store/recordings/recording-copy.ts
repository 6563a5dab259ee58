/** Exchanges on their way into a saved recording, or out of the program. */
import { setImmediate } from 'node:timers/promises';
import { ownCopy, type Rewriting, rewriteRecord } from '../record/rewrite-record.ts';
import type { RecordedExchanges } from '../recorded-exchanges.ts';

const TURN_MS = 20;

export interface CopiedExchange {
  id: number;
  /** The record and its bodies, the record at a place that is a multiple of eight. */
  bytes: Buffer;
  recordBytes: number;
}

/** Those that can be read, in order; everything else that the thread has to do comes in between. */
export async function* copies(
  from: RecordedExchanges,
  ids: readonly number[],
  secrets: Omit<Rewriting, 'mark'> | null,
): AsyncGenerator<CopiedExchange> {
  let turnStart = performance.now();
  for (const id of ids) {
    const found = from.recorded(id);
    if (found) yield copyOf(id, found, secrets);
    if (performance.now() - turnStart < TURN_MS) continue;
    await setImmediate();
    turnStart = performance.now();
  }
}

function copyOf(
  id: number,
  { record, request, response, mark }: NonNullable<ReturnType<RecordedExchanges['recorded']>>,
  secrets: Omit<Rewriting, 'mark'> | null,
): CopiedExchange {
  const isSame = secrets === null && mark === undefined;
  const copied = isSame ? record : rewriteRecord(record, { ...(secrets ?? NO_SECRETS), mark });
  const bytes = ownCopy(Buffer.concat([copied, request, response]));
  return { id, bytes, recordBytes: copied.length };
}

const NO_SECRETS = { isSecret: () => false, onRedacted() {} };
