import { randomFillSync } from 'node:crypto';

const ID_DIGITS = 32;
/** Made for many ids at once: asking the system, and turning bytes into digits, cost more than everything else about an id. */
const bytes = Buffer.allocUnsafeSlow((ID_DIGITS / 2) * 256);
let digits = '';
let at = 0;

/** 32 hex digits, unpredictable. */
export function newRequestId(): string {
  if (at === digits.length) {
    digits = randomFillSync(bytes).toString('hex');
    at = 0;
  }
  at += ID_DIGITS;
  return digits.substring(at - ID_DIGITS, at);
}
