/** Files that come with protoc, which nobody has at hand: `google/protobuf/any.proto` and the like. */
import type { DescEnum, DescFile, DescMessage } from '@bufbuild/protobuf';
import * as wkt from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';

const FILES = Object.entries(wkt).flatMap(([name, file]) =>
  name.startsWith('file_google_') ? [file as DescFile] : [],
);

/** Those of `names` and what they need, each after what it needs. */
export function googleFiles(names: Iterable<string>): DescFile[] {
  const wanted = new Set(names);
  const placed = new Set<DescFile>();
  const place = (file: DescFile): void => {
    file.dependencies.forEach(place);
    placed.add(file);
  };
  for (const file of FILES) if (wanted.has(fileName(file))) place(file);
  return [...placed];
}

/** Makes the names of their types known; what is there already is left alone. */
export function addGoogleTypes(root: protobuf.Root): void {
  for (const file of FILES) addTypes(root.define(file.proto.package), file.messages, file.enums, fileName(file));
}

function addTypes(
  space: protobuf.Namespace,
  messages: readonly DescMessage[],
  enums: readonly DescEnum[],
  filename: string,
): void {
  const missing = <T extends { name: string }>(types: readonly T[]) => types.filter(({ name }) => !space.get(name));
  for (const { name, nestedMessages, nestedEnums } of missing(messages)) {
    const type = new protobuf.Type(name);
    type.filename = filename;
    space.add(type);
    addTypes(type, nestedMessages, nestedEnums, filename);
  }
  for (const { name, values } of missing(enums)) {
    const object = new protobuf.Enum(name, Object.fromEntries(values.map((value) => [value.name, value.number])));
    object.filename = filename;
    space.add(object);
  }
}

/** Descriptors leave the ending out. */
function fileName({ name }: DescFile): string {
  return `${name}.proto`;
}
