/** Checks a configuration in YAML form against Envoy's published protobuf schemas: names, types, enums, bounds and required fields. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';

const require = createRequire(import.meta.url);
const published = join(dirname(require.resolve('@grpc/grpc-js-xds/package.json')), 'deps');
const FOLDERS = [
  ...['envoy-api', 'xds', 'protoc-gen-validate', 'googleapis'].map((name) => join(published, name)),
  dirname(require.resolve('protobufjs/package.json')),
];

const root = new protobuf.Root();
root.resolvePath = (_origin, target) => {
  const folder = FOLDERS.find((each) => existsSync(join(each, target)));
  return folder === undefined ? target : join(folder, target);
};

const loaded = new Set<string>();

/** The message type of that full name; its whole package is loaded. */
function typeNamed(name: string): protobuf.Type {
  const folder = name.split('.').slice(0, -1).join('/');
  const place = FOLDERS.map((each) => join(each, folder)).find((each) => existsSync(each));
  if (place !== undefined && !loaded.has(folder)) {
    loaded.add(folder);
    const files = readdirSync(place).filter((file) => file.endsWith('.proto'));
    root.loadSync(
      files.map((file) => join(folder, file)),
      { keepCase: true },
    );
    root.resolveAll();
  }
  return root.lookupType(name);
}

/** Everything in `value` that the message type `name` does not have. */
export function complaintsAbout(name: string, value: unknown): string[] {
  return checkMessage(typeNamed(name), value, name);
}

function checkMessage(type: protobuf.Type, value: unknown, at: string): string[] {
  if (!isRecord(value)) return [`${at}: expected a ${type.name}`];
  const known = Object.entries(value).flatMap(([key, each]) => {
    const field = type.fields[key];
    return field ? checkField(field.resolve(), each, `${at}.${key}`) : [`${at}: ${type.name} has no field ${key}`];
  });
  return [...known, ...missing(type, value, at)];
}

function missing(type: protobuf.Type, value: Record<string, unknown>, at: string): string[] {
  const fields = type.fieldsArray.filter(
    ({ name, options, partOf }) => !partOf && isRequired(options) && (value[name] === undefined || value[name] === ''),
  );
  const choices = type.oneofsArray.filter(
    ({ oneof, options }) =>
      options?.['(validate.required)'] === true && !oneof.some((name) => value[name] !== undefined),
  );
  return [...fields, ...choices].map(({ name }) => `${at}: ${type.name} needs ${name}`);
}

function isRequired(options: Record<string, unknown> | undefined): boolean {
  const { message, string } = (options?.['(validate.rules)'] ?? {}) as Record<string, Record<string, unknown>>;
  const flat = options ?? {};
  return (
    message?.['required'] === true ||
    flat['(validate.rules).message.required'] === true ||
    Number(string?.['min_len'] ?? flat['(validate.rules).string.min_len'] ?? 0) > 0
  );
}

function checkField(field: protobuf.Field, value: unknown, at: string): string[] {
  if (field.map) {
    if (!isRecord(value)) return [`${at}: expected a map`];
    return Object.entries(value).flatMap(([key, each]) => checkOne(field, each, `${at}.${key}`));
  }
  if (!field.repeated) return checkOne(field, value, at);
  if (!Array.isArray(value)) return [`${at}: expected a list`];
  return value.flatMap((each, i) => checkOne(field, each, `${at}[${i}]`));
}

const WRAPPED = /^\.google\.protobuf\.(UInt32|UInt64|Int32|Int64|Double|Float|Bool|String)Value$/;

function checkOne(field: protobuf.Field, value: unknown, at: string): string[] {
  const type = field.resolvedType;
  if (type instanceof protobuf.Enum) return isOf(type, value) ? [] : [`${at}: ${String(value)} is no ${type.name}`];
  if (type === null) return [...checkScalar(field.type, value, at), ...checkBounds(field, field.type, value, at)];
  const wrapped = WRAPPED.exec(type.fullName)?.[1]?.toLowerCase();
  if (wrapped !== undefined) return [...checkScalar(wrapped, value, at), ...checkBounds(field, wrapped, value, at)];
  if (type.fullName === '.google.protobuf.Struct') return isRecord(value) ? [] : [`${at}: expected a map`];
  if (type.fullName === '.google.protobuf.Any') return checkAny(value, at);
  if (type.fullName === '.google.protobuf.Duration') return checkDuration(field, value, at);
  return checkMessage(type, value, at);
}

function checkDuration({ options }: protobuf.Field, value: unknown, at: string): string[] {
  if (!/^\d+(\.\d{1,9})?s$/.test(String(value))) return [`${at}: ${String(value)} is no duration`];
  const isAboveZero =
    JSON.stringify(options ?? {}).includes('"gt"') || '(validate.rules).duration.gt' in (options ?? {});
  return isAboveZero && Number.parseFloat(String(value)) === 0 ? [`${at}: ${String(value)} is too short`] : [];
}

function isOf({ values }: protobuf.Enum, value: unknown): boolean {
  return typeof value === 'number' ? Object.values(values).includes(value) : String(value) in values;
}

const BOUNDS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  lt: (value, bound) => value < bound,
  lte: (value, bound) => value <= bound,
  gt: (value, bound) => value > bound,
  gte: (value, bound) => value >= bound,
  max_bytes: (value, bound) => value <= bound,
};

function checkBounds({ options }: protobuf.Field, type: string, value: unknown, at: string): string[] {
  const whole = options?.['(validate.rules)'] as Record<string, Record<string, unknown>> | undefined;
  const size = typeof value === 'string' ? Buffer.byteLength(value) : Number(value);
  return Object.entries(BOUNDS).flatMap(([name, holds]) => {
    const bound = whole?.[type]?.[name] ?? options?.[`(validate.rules).${type}.${name}`];
    return bound === undefined || holds(size, Number(bound)) ? [] : [`${at}: ${size} is not ${name} ${String(bound)}`];
  });
}

function checkAny(value: unknown, at: string): string[] {
  // Of no type, and so nothing.
  if (isRecord(value) && Object.keys(value).length === 0) return [];
  const { '@type': url, ...fields } = (value ?? {}) as Record<string, unknown>;
  const name = String(url).replace('type.googleapis.com/', '');
  try {
    return checkMessage(typeNamed(name), fields, `${at}<${name.split('.').at(-1)}>`);
  } catch {
    return [`${at}: there is no message ${name}`];
  }
}

function checkScalar(type: string, value: unknown, at: string): string[] {
  const expected = type === 'bool' ? 'boolean' : type === 'string' || type === 'bytes' ? 'string' : 'number';
  return typeof value === expected ? [] : [`${at}: expected a ${expected}, found ${JSON.stringify(value)}`];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
