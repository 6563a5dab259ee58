import { ScalarType } from '@bufbuild/protobuf';
import { type BinaryReader, WireType } from '@bufbuild/protobuf/wire';

const { Varint, Bit32, Bit64, LengthDelimited } = WireType;
const number = String;

/** How a scalar is read from the wire, as it is shown. */
const SCALARS: Record<ScalarType, [name: string, wireType: WireType, read: (reader: BinaryReader) => string]> = {
  [ScalarType.DOUBLE]: ['double', Bit64, (reader) => number(reader.double())],
  [ScalarType.FLOAT]: ['float', Bit32, (reader) => shortFloat(reader.float())],
  [ScalarType.INT64]: ['int64', Varint, (reader) => number(reader.int64())],
  [ScalarType.UINT64]: ['uint64', Varint, (reader) => number(reader.uint64())],
  [ScalarType.INT32]: ['int32', Varint, (reader) => number(reader.int32())],
  [ScalarType.FIXED64]: ['fixed64', Bit64, (reader) => number(reader.fixed64())],
  [ScalarType.FIXED32]: ['fixed32', Bit32, (reader) => number(reader.fixed32())],
  [ScalarType.BOOL]: ['bool', Varint, (reader) => String(reader.bool())],
  [ScalarType.STRING]: ['string', LengthDelimited, (reader) => reader.string()],
  [ScalarType.BYTES]: ['bytes', LengthDelimited, (reader) => hexOf(reader.bytes())],
  [ScalarType.UINT32]: ['uint32', Varint, (reader) => number(reader.uint32())],
  [ScalarType.SFIXED32]: ['sfixed32', Bit32, (reader) => number(reader.sfixed32())],
  [ScalarType.SFIXED64]: ['sfixed64', Bit64, (reader) => number(reader.sfixed64())],
  [ScalarType.SINT32]: ['sint32', Varint, (reader) => number(reader.sint32())],
  [ScalarType.SINT64]: ['sint64', Varint, (reader) => number(reader.sint64())],
};

export interface Scalar {
  name: string;
  wireType: WireType;
  read(reader: BinaryReader): string;
}

export function scalarOf(type: ScalarType): Scalar {
  const [name, wireType, read] = SCALARS[type];
  return { name, wireType, read };
}

/** The shortest number that is this float: 0.1 and not 0.10000000149011612. */
function shortFloat(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

const LONGEST_BYTES = 64;

export function hexOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes.subarray(0, LONGEST_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return bytes.length > LONGEST_BYTES ? `${hex} …` : hex;
}

/** null: it is no text. */
export function printable(bytes: Uint8Array): string | null {
  if (bytes.some((byte) => (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 127)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** What stands between the tags of a group, of which the first was read. */
export function groupBytes(reader: BinaryReader, field: number): Uint8Array {
  const content = reader.skip(WireType.StartGroup, field);
  let tagBytes = 1;
  for (let tag = field * 8; tag > 127; tag = Math.floor(tag / 128)) tagBytes++;
  return content.subarray(0, content.length - tagBytes);
}
