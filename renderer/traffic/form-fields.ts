import { decodeText } from './body-bytes.ts';

const [AMPERSAND, EQUALS, PLUS, PERCENT, SPACE] = [0x26, 0x3d, 0x2b, 0x25, 0x20];

/** The fields of an urlencoded form (WHATWG URL §5.1); its bytes, percent-encoded or not, are read in the charset that it is said to have. */
export function formFields(bytes: Uint8Array, contentType: string | undefined): [name: string, value: string][] {
  return piecesOf(bytes, AMPERSAND)
    .filter((piece) => piece.length > 0)
    .map((piece) => {
      const equals = piece.indexOf(EQUALS);
      const cut = equals < 0 ? piece.length : equals;
      const text = (part: Uint8Array): string => decodeText(percentDecoded(part), contentType);
      return [text(piece.subarray(0, cut)), text(piece.subarray(cut + 1))];
    });
}

function piecesOf(bytes: Uint8Array, separator: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, from)) {
    pieces.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return [...pieces, bytes.subarray(from)];
}

/** A percent sign before anything but two hexadecimal digits stays. */
function percentDecoded(bytes: Uint8Array): Uint8Array {
  const decoded = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const digits = byte === PERCENT ? String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0) : '';
    const isEscape = /^[\da-f]{2}$/i.test(digits);
    decoded[length++] = isEscape ? Number.parseInt(digits, 16) : byte === PLUS ? SPACE : byte;
    if (isEscape) at += 2;
  }
  return decoded.subarray(0, length);
}
