/** Bodies that are not text, as a person edits them: bytes in hexadecimal, or a file in their place. */
import { base64FromBytes, bytesFromBase64 } from '../traffic/body-bytes.ts';

export interface HeldFile {
  name: string;
  base64: string;
}

/** Longer ones are changed by a file only: nobody reads that much of hexadecimal. */
export const MAX_HEX_BYTES = 64 * 1024;
/** What the engine holds, and takes, of a body. */
export const MAX_FILE_BYTES = 10 * 1024 ** 2;
const BYTES_A_LINE = 16;

/** `0a ff 00 …`, sixteen a line; null: too long. */
export function hexOf(base64: string): string | null {
  const bytes = bytesFromBase64(base64);
  if (bytes.length > MAX_HEX_BYTES) return null;
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE)
    lines.push(Array.from(bytes.subarray(at, at + BYTES_A_LINE), hexOfByte).join(' '));
  return lines.join('\n');
}

function hexOfByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** Base64 of what `hex` says, spaces and line ends left out; null: it is not pairs of hexadecimal digits. */
export function base64OfHex(hex: string): string | null {
  const digits = hex.replaceAll(/\s/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) return null;
  const bytes = Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16),
  );
  return base64FromBytes(bytes);
}

/** Bytes that the base64 stands for. */
export function sizeOfBase64(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}
