import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** One line of a protobuf message that is read without its descriptor. */
export interface WireRow {
  depth: number;
  field: number;
  kind: 'varint' | 'fixed64' | 'fixed32' | 'text' | 'message' | 'bytes';
  /** Empty for a message, whose fields follow one deeper. */
  text: string;
}

const MOST_ROWS = 20_000;
const DEEPEST = 32;
const LONGEST_BYTES = 64;

/** The fields of a message; null when the bytes are not one. What has a length is text, else a message, else bytes. */
export function wireRows(bytes: Uint8Array, depth = 0, budget = { rows: MOST_ROWS }): WireRow[] | null {
  const reader = new BinaryReader(bytes);
  const rows: WireRow[] = [];
  try {
    while (reader.pos < reader.len && budget.rows-- > 0) {
      const [field, wireType] = reader.tag();
      if (field < 1) return null;
      const read = readField(reader, wireType, { depth, field }, budget);
      if (!read) return null;
      rows.push(...read);
    }
  } catch {
    return null;
  }
  return rows;
}

type Place = Pick<WireRow, 'depth' | 'field'>;

function readField(reader: BinaryReader, wireType: WireType, place: Place, budget: { rows: number }): WireRow[] | null {
  switch (wireType) {
    case WireType.Varint:
      return [{ ...place, kind: 'varint', text: String(reader.uint64()) }];
    case WireType.Bit64:
      return [{ ...place, kind: 'fixed64', text: String(reader.fixed64()) }];
    case WireType.Bit32:
      return [{ ...place, kind: 'fixed32', text: String(reader.fixed32()) }];
    case WireType.LengthDelimited:
      return lengthDelimited(reader.bytes(), place, budget);
    default:
      return null;
  }
}

function lengthDelimited(bytes: Uint8Array, place: Place, budget: { rows: number }): WireRow[] {
  const text = printable(bytes);
  if (text !== null) return [{ ...place, kind: 'text', text }];
  const inner = place.depth < DEEPEST ? wireRows(bytes, place.depth + 1, budget) : null;
  if (inner) return [{ ...place, kind: 'message', text: '' }, ...inner];
  return [{ ...place, kind: 'bytes', text: hexOf(bytes) }];
}

function printable(bytes: Uint8Array): string | null {
  if (bytes.some((byte) => (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 127)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function hexOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes.subarray(0, LONGEST_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return bytes.length > LONGEST_BYTES ? `${hex} …` : hex;
}
