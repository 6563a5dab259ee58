import { randomFillSync } from 'node:crypto';

const ID_BYTES = 16;
/** Random bytes are fetched for many ids at once: asking the system costs more than everything else about an id. */
const random = Buffer.allocUnsafeSlow(ID_BYTES * 256);
let at = random.length;

/** 32 hex digits, unpredictable. */
export function newRequestId(): string {
  if (at === random.length) {
    randomFillSync(random);
    at = 0;
  }
  at += ID_BYTES;
  return random.toString('hex', at - ID_BYTES, at);
}
