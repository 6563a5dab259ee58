import { randomBytes } from 'node:crypto';

/** A close (RFC 6455 §5.5.1) with that code and no reason; `masked`: as a client sends it (§5.3). */
export function closeFrame(code: number, masked: boolean): Buffer {
  const payload = Buffer.of(code >> 8, code & 0xff);
  if (!masked) return Buffer.concat([Buffer.of(0x88, payload.length), payload]);
  const mask = randomBytes(4);
  const covered = payload.map((byte, i) => byte ^ (mask[i] ?? 0));
  return Buffer.concat([Buffer.of(0x88, 0x80 | payload.length), mask, covered]);
}
