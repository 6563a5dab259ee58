import type { DescEnum, DescField, DescMessage, ScalarType } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { groupBytes, hexOf, printable, type Scalar, scalarOf } from './scalars.ts';

/** One line of a protobuf message. */
export interface WireRow {
  depth: number;
  field: number;
  kind: 'varint' | 'fixed64' | 'fixed32' | 'text' | 'message' | 'bytes';
  /** As its descriptor calls it; of a map with the key: `stock["a"]`. Absent: nothing describes it. */
  name?: string;
  /** `int32`, `shop.Order`. */
  type?: string;
  /** The bytes are not of the type that the descriptor gives: they are shown as if there were none. */
  misfit?: boolean;
  /** Empty for a message, whose fields follow one deeper; of a Timestamp the time. */
  text: string;
}

/** Describes a message, and finds the types of what it has as `Any`. */
export interface MessageTypes {
  message: DescMessage | undefined;
  find(typeName: string): DescMessage | undefined;
}

/** More are left out. */
export const MOST_ROWS = 20_000;
const DEEPEST = 32;

/** Where reading is, and how much more there may be. */
interface Reading {
  depth: number;
  cut: boolean;
  budget: { rows: number };
  find: MessageTypes['find'];
}

/**
 * The fields of a message; null when the bytes are not one. What has a length and no descriptor is text, else a message, else bytes.
 * `cut`: its end is not there, so the fields before that are all there are.
 */
export function wireRows(bytes: Uint8Array, types?: MessageTypes, cut = false): WireRow[] | null {
  const reading = { depth: 0, cut, budget: { rows: MOST_ROWS }, find: types?.find ?? (() => undefined) };
  return messageRows(bytes, types?.message, reading);
}

function messageRows(bytes: Uint8Array, message: DescMessage | undefined, reading: Reading): WireRow[] | null {
  const reader = new BinaryReader(bytes);
  const rows: WireRow[] = [];
  try {
    while (reader.pos < reader.len && reading.budget.rows-- > 0) {
      const [field, wireType] = reader.tag();
      if (field < 1) return null;
      const described = message?.fields.find(({ number }) => number === field);
      const read = described
        ? describedRows(reader, wireType, described, contentType(message, rows, reading), reading)
        : plainRows(reader, wireType, field, reading);
      if (!read) return null;
      for (const row of read) rows.push(row);
    }
  } catch {
    return reading.cut && rows.length > 0 ? rows : null;
  }
  return rows;
}

// ── without a descriptor ─────────────────────────────────────────────────────────────────────────────────────────────

function plainRows(reader: BinaryReader, wireType: WireType, field: number, reading: Reading): WireRow[] | null {
  const place = { depth: reading.depth, field };
  switch (wireType) {
    case WireType.Varint:
      return [{ ...place, kind: 'varint', text: String(reader.uint64()) }];
    case WireType.Bit64:
      return [{ ...place, kind: 'fixed64', text: String(reader.fixed64()) }];
    case WireType.Bit32:
      return [{ ...place, kind: 'fixed32', text: String(reader.fixed32()) }];
    case WireType.StartGroup:
      return nestedRows(groupBytes(reader, field), undefined, { ...place, kind: 'message', text: '' }, reading);
    case WireType.LengthDelimited: {
      const bytes = reader.bytes();
      const text = printable(bytes);
      if (text !== null) return [{ ...place, kind: 'text', text }];
      const nested = nestedRows(bytes, undefined, { ...place, kind: 'message', text: '' }, reading);
      return nested ?? [{ ...place, kind: 'bytes', text: hexOf(bytes) }];
    }
    default:
      return null;
  }
}

/** The row of a message and those of its fields; null: it is none, or too deep. */
function nestedRows(
  bytes: Uint8Array,
  message: DescMessage | undefined,
  head: WireRow,
  reading: Reading,
): WireRow[] | null {
  if (reading.depth >= DEEPEST) return null;
  const inner = messageRows(bytes, message, { ...reading, depth: reading.depth + 1, cut: false });
  return inner && [{ ...head, text: momentText(message, inner) }, ...inner];
}

// ── with one ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a field, or an element of it, is. */
type Shape = { scalar: ScalarType } | { enum: DescEnum } | { message: DescMessage };

function describedRows(
  reader: BinaryReader,
  wireType: WireType,
  field: DescField,
  content: DescMessage | undefined,
  reading: Reading,
): WireRow[] | null {
  const start = reader.pos;
  const budget = reading.budget.rows;
  try {
    const shape: Shape | null = content ? { message: content } : shapeOf(field);
    const rows = shape
      ? shapeRows(reader, wireType, shape, headOf(field, reading), reading)
      : entryRows(reader, wireType, field, reading);
    if (rows) return rows;
  } catch {
    // Shown as what it is on the wire.
  }
  reader.pos = start;
  reading.budget.rows = budget;
  const plain = plainRows(reader, wireType, field.number, reading);
  const [first] = plain ?? [];
  if (first) Object.assign(first, { name: field.name, misfit: true });
  return plain;
}

function headOf(field: DescField, { depth }: Reading): WireRow {
  return { depth, field: field.number, name: field.name, kind: 'message', text: '' };
}

/** null: it is a map. */
function shapeOf(field: DescField): Shape | null {
  if (field.fieldKind === 'map') return null;
  if (field.message) return { message: field.message };
  return field.enum ? { enum: field.enum } : { scalar: field.scalar as ScalarType };
}

function shapeRows(
  reader: BinaryReader,
  wireType: WireType,
  shape: Shape,
  head: WireRow,
  reading: Reading,
): WireRow[] | null {
  if ('message' in shape) {
    if (wireType !== WireType.LengthDelimited && wireType !== WireType.StartGroup) return null;
    const bytes = wireType === WireType.StartGroup ? groupBytes(reader, head.field) : reader.bytes();
    return nestedRows(bytes, shape.message, { ...head, type: shape.message.typeName }, reading);
  }
  const scalar = 'enum' in shape ? enumScalar(shape.enum) : scalarOf(shape.scalar);
  const kind = kindOf(scalar);
  const row = { ...head, kind, type: scalar.name };
  if (wireType === scalar.wireType) return [{ ...row, text: scalar.read(reader) }];
  if (wireType !== WireType.LengthDelimited) return null;
  return packedRows(reader.bytes(), scalar, row, reading);
}

function packedRows(bytes: Uint8Array, scalar: Scalar, row: WireRow, reading: Reading): WireRow[] {
  const elements = new BinaryReader(bytes);
  const rows: WireRow[] = [];
  while (elements.pos < elements.len && reading.budget.rows-- > 0) rows.push({ ...row, text: scalar.read(elements) });
  return rows;
}

function enumScalar({ name, value }: DescEnum): Scalar {
  return {
    name,
    wireType: WireType.Varint,
    read(reader) {
      const number = reader.int32();
      const known = value[number]?.name;
      return known === undefined ? String(number) : `${known} (${number})`;
    },
  };
}

function kindOf({ wireType, name }: Scalar): WireRow['kind'] {
  if (wireType === WireType.Varint) return 'varint';
  if (wireType === WireType.Bit32) return 'fixed32';
  if (wireType === WireType.Bit64) return 'fixed64';
  return name === 'string' ? 'text' : 'bytes';
}

/** One entry of a map: a message of a key, field 1, and a value, field 2. */
function entryRows(reader: BinaryReader, wireType: WireType, field: DescField, reading: Reading): WireRow[] | null {
  if (field.fieldKind !== 'map' || wireType !== WireType.LengthDelimited) return null;
  const entry = new BinaryReader(reader.bytes());
  const scalar = scalarOf(field.mapKey);
  const shape: Shape = field.message
    ? { message: field.message }
    : field.enum
      ? { enum: field.enum }
      : { scalar: field.scalar as ScalarType };
  let key = scalar.read(new BinaryReader(ZEROS));
  let value = defaultRows(shape, headOf(field, reading), reading);
  while (entry.pos < entry.len) {
    const [number, type] = entry.tag();
    if (number === 1) key = scalar.read(entry);
    else if (number === 2) value = shapeRows(entry, type, shape, headOf(field, reading), reading);
    else entry.skip(type, number);
  }
  const [first, ...rest] = value ?? [];
  const shown = scalar.name === 'string' ? JSON.stringify(key) : key;
  return first ? [{ ...first, name: `${field.name}[${shown}]` }, ...rest] : null;
}

/** What is not sent: as long as any scalar, and each of them reads as its default. */
const ZEROS = new Uint8Array(8);

function defaultRows(shape: Shape, head: WireRow, reading: Reading): WireRow[] | null {
  if ('message' in shape)
    return nestedRows(new Uint8Array(), shape.message, { ...head, type: shape.message.typeName }, reading);
  const scalar = 'enum' in shape ? enumScalar(shape.enum) : scalarOf(shape.scalar);
  return [{ ...head, kind: kindOf(scalar), type: scalar.name, text: scalar.read(new BinaryReader(ZEROS)) }];
}

// ── well-known types ─────────────────────────────────────────────────────────────────────────────────────────────────

/** What an `Any` holds, once its URL was read: it stands before its value. */
function contentType(
  message: DescMessage | undefined,
  before: readonly WireRow[],
  { find }: Reading,
): DescMessage | undefined {
  if (message?.typeName !== 'google.protobuf.Any') return undefined;
  const url = before.find(({ field }) => field === 1)?.text;
  return url === undefined ? undefined : find(url.slice(url.lastIndexOf('/') + 1));
}

/** A `Timestamp` as ISO 8601, a `Duration` in seconds; else nothing. */
function momentText(message: DescMessage | undefined, fields: readonly WireRow[]): string {
  const part = (number: number): number => Number(fields.find(({ field }) => field === number)?.text ?? 0);
  switch (message?.typeName) {
    case 'google.protobuf.Timestamp': {
      const date = new Date(part(1) * 1000 + part(2) / 1e6);
      return Number.isNaN(date.getTime()) ? '' : date.toISOString();
    }
    case 'google.protobuf.Duration':
      return `${part(1) + part(2) / 1e9} s`;
    default:
      return '';
  }
}
