/** The types of `.proto` files, each with the file that defines it. */
import protobuf from 'protobufjs';
import { addGoogleTypes } from './google-files.ts';

const { Enum, Root, Service, Type } = protobuf;

export interface ProtoFile {
  name: string;
  text: string;
}

/** The types of a file. */
export interface ParsedProto {
  name: string;
  package: string;
  proto3: boolean;
  types: protobuf.Type[];
  enums: protobuf.Enum[];
  services: protobuf.Service[];
}

/** Those files, each after what it needs. Throws what is wrong, and in which line of which file. */
export function readProto(files: readonly ProtoFile[]): ParsedProto[] {
  const root = new Root();
  const parsed = distinct(files).map((file) => parseInto(root, file));
  addGoogleTypes(root);
  resolveAll(root);
  collect(root, new Map(parsed.map((file) => [file.name, file])));
  return inOrder(parsed);
}

/** Copies count once; of several files of one name each has a name of its own. */
function distinct(files: readonly ProtoFile[]): ProtoFile[] {
  const byText = new Map(files.toReversed().map((file) => [file.text, file]));
  const names = new Set<string>();
  return [...byText.values()].toReversed().map(({ name, text }) => {
    let own = name;
    for (let number = 2; names.has(own); number++) own = `${name} (${number})`;
    names.add(own);
    return { name: own, text };
  });
}

function parseInto(root: protobuf.Root, { name, text }: ProtoFile): ParsedProto {
  const parse = protobuf.parse as typeof protobuf.parse & { filename: string | null };
  parse.filename = name;
  try {
    const { package: of = '' } = protobuf.parse(text, root, { keepCase: true });
    const proto3 = /^\s*syntax\s*=\s*["']proto3["']/m.test(text);
    return { name, package: of, proto3, types: [], enums: [], services: [] };
  } catch (error) {
    const { message } = error as Error;
    throw new Error(message.includes(name) ? message : `${name}: ${message}`, { cause: error });
  } finally {
    parse.filename = null;
  }
}

function resolveAll(root: protobuf.Root): void {
  try {
    withoutEval(root);
    root.resolveAll();
  } catch (error) {
    const { message } = error as Error;
    const hint = /no such|unresolvable/i.test(message)
      ? '; choose the file that defines it together with this one'
      : '';
    throw new Error(`${message}${hint}`, { cause: error });
  }
}

/** Types that have a constructor do not compile one, which the window's content security policy forbids. */
function withoutEval(space: protobuf.NamespaceBase): void {
  if (space instanceof Type) space.ctor = function made() {} as unknown as protobuf.Constructor<object>;
  for (const object of space.nestedArray) if (object instanceof protobuf.Namespace) withoutEval(object);
}

/** Gives each file its types, beginning with what is not within another type. */
function collect(space: protobuf.NamespaceBase, files: ReadonlyMap<string, ParsedProto>): void {
  for (const object of space.nestedArray) {
    const file = files.get(object.filename ?? '');
    if (object instanceof Type) file?.types.push(object);
    else if (object instanceof Enum) file?.enums.push(object);
    else if (object instanceof Service) file?.services.push(object);
    else if (object instanceof protobuf.Namespace) collect(object, files);
  }
}

/** Names of files. */
export function dependencies(file: ParsedProto): Set<string> {
  const found = new Set<string>();
  const note = (object: protobuf.ReflectionObject | null): void => {
    if (object?.filename && object.filename !== file.name) found.add(object.filename);
  };
  const visit = (type: protobuf.Type): void => {
    for (const field of type.fieldsArray) note(field.resolvedType);
    for (const object of type.nestedArray) if (object instanceof Type) visit(object);
  };
  file.types.forEach(visit);
  for (const method of file.services.flatMap(({ methodsArray }) => methodsArray)) {
    note(method.resolvedRequestType);
    note(method.resolvedResponseType);
  }
  return found;
}

/** Each after what it needs. */
function inOrder(files: readonly ParsedProto[]): ParsedProto[] {
  const ordered = new Set<ParsedProto>();
  const place = (file: ParsedProto, above: readonly ParsedProto[]): void => {
    if (above.includes(file)) return;
    for (const name of dependencies(file)) {
      const needed = files.find((one) => one.name === name);
      if (needed) place(needed, [...above, file]);
    }
    ordered.add(file);
  };
  for (const file of files) place(file, []);
  return [...ordered];
}
