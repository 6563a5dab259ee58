/** Messages that protoc wrote, read with what protoc compiled and with what is made of `.proto` files here. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { compileProto } from '../../../../renderer/traffic/protobuf/proto-text.ts';
import { typeOf } from '../../../../renderer/traffic/protobuf/type-of.ts';
import { typesOfSets } from '../../../../renderer/traffic/protobuf/types-of-sets.ts';
import { type WireRow, wireRows } from '../../../../renderer/traffic/protobuf/wire-rows.ts';

const here = import.meta.dirname;
const protoc = (args: string[], input?: string): Buffer =>
  execFileSync('protoc', [`-I${here}`, ...args, 'shop.proto'], { cwd: here, input });
const source = (name: string) => ({ name, text: readFileSync(join(here, name), 'utf8') });

const compiledFile = join(mkdtempSync(join(tmpdir(), 'switchyard-proto-')), 'shop.binpb');
protoc(['--include_imports', `--descriptor_set_out=${compiledFile}`]);
const compiled = readFileSync(compiledFile);
rmSync(dirname(compiledFile), { recursive: true });
/** As in the window, whose content security policy lets nothing be compiled. */
vi.stubGlobal('Function', () => {
  throw new Error('no eval');
});
const own = compileProto([source('shop.proto'), source('money.proto')]);
vi.unstubAllGlobals();
const order = protoc(['--encode=shop.v1.Order'], source('order.txtpb').text);

const line = ({ depth, name, field, type, kind, text, misfit }: WireRow): string =>
  `${'  '.repeat(depth)}${name ?? field} ${misfit ? `no ${kind}` : (type ?? kind)} ${text}`.trimEnd();

const ORDER = `id string A-7
priority int32 -3
stock_level["pear"] int64 9007199254740993
offsets sint32 -1
offsets sint32 2
invoice shop.v1.Order.Invoice
  number fixed64 12
kind Kind EXPRESS (1)
placed_at google.protobuf.Timestamp 2023-11-14T22:13:20.500Z
  seconds int64 1700000000
  nanos int32 500000000
took google.protobuf.Duration 1.25 s
  seconds int64 1
  nanos int32 250000000
extra google.protobuf.Any
  type_url string type.googleapis.com/shop.v1.OrderId
  value shop.v1.OrderId
    id string B-8
prices shop.money.Money
  currency string EUR
  cents sfixed32 -250
  note shop.money.Money.Note
    text string net
ratio double 0.5
tenth float 0.1
raw bytes 00 ff
paid bool true
invoices[4] shop.v1.Order.Invoice
  number fixed64 5
kinds Kind EXPRESS (1)
kinds Kind UNKNOWN (0)`;

describe.each([
  ['protoc', compiled],
  ['.proto files', own],
])('descriptors of %s', (_, set) => {
  const types = typesOfSets([set]);
  const read = (type: string) =>
    (wireRows(order, { message: types.find(type), find: types.find }) ?? []).map(line).join('\n');

  test('every field by its name and type', () => {
    expect(read('shop.v1.Order').replace('Note shop', 'note shop')).toBe(ORDER);
  });

  test('what does not fit the type is shown as it is on the wire', () => {
    const rows = wireRows(new Uint8Array([0x08, 5, 0x9a, 6, 1, 65]), {
      message: types.find('shop.v1.OrderId'),
      find: types.find,
    });
    expect(rows?.map(line)).toEqual(['id no varint 5', '99 text A']);
  });

  test.each([
    ['without a value', [0x1a, 3, 10, 1, 97], 'stock_level["a"] int64 0'],
    ['without a key', [0x1a, 2, 16, 5], 'stock_level[""] int64 5'],
    ['with neither', [0x1a, 0], 'stock_level[""] int64 0'],
    ['of messages, with neither', [0x82, 1, 0], 'invoices[0] shop.v1.Order.Invoice'],
  ])('an entry of a map %s has the defaults', (_case, bytes, row) => {
    const rows = wireRows(new Uint8Array(bytes), { message: types.find('shop.v1.Order'), find: types.find });
    expect(rows?.map(line)).toEqual([row]);
  });

  test.each([
    ['the input of the method', '/shop.v1.Orders/Get', 'request', undefined, undefined, 'shop.v1.OrderId'],
    ['the output, below a prefix', '/api/shop.v1.Orders/Watch', 'response', undefined, undefined, 'shop.v1.Order'],
    [
      'named in the content type',
      '/x',
      'request',
      'application/x-protobuf; messageType="shop.v1.Order"',
      undefined,
      'shop.v1.Order',
    ],
    [
      'as Prometheus names it',
      '/x',
      'response',
      'a/b; proto=shop.money.Money; encoding=delimited',
      undefined,
      'shop.money.Money',
    ],
    ['chosen by hand', '/shop.v1.Orders/Get', 'request', undefined, 'shop.money.Money', 'shop.money.Money'],
    ['a choice that is gone', '/shop.v1.Orders/Get', 'request', undefined, 'gone.Type', 'shop.v1.OrderId'],
    ['no method', '/shop.v1.Orders/Put', 'request', undefined, undefined, undefined],
  ] as const)('%s', (_case, path, side, contentType, chosen, expected) => {
    expect(typeOf(types, chosen, { path, side, contentType })?.typeName).toBe(expected);
  });
});

test('the types of several sets are known together', () => {
  const other = compileProto([{ name: 'other.proto', text: 'message Other { optional int32 a = 1; }' }]);
  expect(typesOfSets([compiled, other]).names).toEqual(expect.arrayContaining(['Other', 'shop.v1.Order']));
});

const OPTIONS = {
  name: 'options.proto',
  text: `syntax = "proto3";
package acme;
import "google/protobuf/descriptor.proto";
import "google/protobuf/type.proto";
import "google/protobuf/compiler/plugin.proto";
import "google/api/annotations.proto";
extend google.protobuf.FieldOptions { string label = 50001; Range range = 50002; }
extend google.protobuf.MethodOptions { repeated string scopes = 50003; }
message Range { int32 least = 1; }
message Thing {
  string id = 1 [(label) = "x", (acme.range) = { least: 1 }];
  google.protobuf.Type type = 2;
  google.protobuf.compiler.Version version = 3;
}
service Things {
  rpc Get(Thing) returns (Thing) {
    option (google.api.http) = { get: "/v1/things/{id}" additional_bindings { post: "/v1/things" body: "*" } };
    option (scopes) = "read";
  }
}`,
};
const ANNOTATIONS = {
  name: 'annotations.proto',
  text: `syntax = "proto3"; package google.api; import "google/protobuf/descriptor.proto"; import "google/api/http.proto";
extend google.protobuf.MethodOptions { HttpRule http = 72295728; }`,
};
const HTTP = {
  name: 'http.proto',
  text: 'syntax = "proto3"; package google.api; message HttpRule { oneof pattern { string get = 2; } repeated HttpRule additional_bindings = 11; }',
};

test.each([
  ['alone', [OPTIONS]],
  ['with the files that it imports', [OPTIONS, ANNOTATIONS, HTTP]],
])('options of its own, and types of google/protobuf that nobody gave, %s', (_case, files) => {
  const types = typesOfSets([compileProto(files)]);
  const fields = types.find('acme.Thing')?.fields.map(({ name, message }) => [name, message?.typeName]);
  expect(fields).toEqual([
    ['id', undefined],
    ['type', 'google.protobuf.Type'],
    ['version', 'google.protobuf.compiler.Version'],
  ]);
  expect(types.method('/acme.Things/Get')?.input.typeName).toBe('acme.Thing');
  expect(types.names).toContain('google.protobuf.Type');
});

test('a file of google/protobuf that was given counts', () => {
  const own = {
    name: 'empty.proto',
    text: 'syntax = "proto3"; package google.protobuf; message Empty { int32 own = 1; }',
  };
  const user = { name: 'a.proto', text: 'message A { optional google.protobuf.Empty empty = 1; }' };
  expect(typesOfSets([compileProto([user, own])]).find('google.protobuf.Empty')?.fields).toHaveLength(1);
});

describe('files of one name', () => {
  const one = { name: 'v1.proto', text: 'package a; message One { optional b.Two two = 1; }' };
  const two = { name: 'v1.proto', text: 'package b; message Two { optional int32 n = 1; }' };

  test('both count', () => {
    const types = typesOfSets([compileProto([one, two, { ...two, name: 'copy.proto' }])]);
    expect(types.names).toEqual(['a.One', 'b.Two']);
    expect(types.find('a.One')?.fields[0]?.message?.typeName).toBe('b.Two');
  });

  test('a type that is in both is told', () => {
    const other = { name: 'v1.proto', text: 'package a; message One { optional int32 n = 1; }' };
    expect(() => compileProto([one, two, other])).toThrow(/duplicate name 'One'/);
  });
});

test.each([
  ['message A { strin g = 1; }', /illegal token 'strin' \(bad\.proto, line 1/],
  ['syntax = "proto3";\nmessage A { string = 1; }', /bad\.proto.*line 2/],
  ['not a proto', /bad\.proto, line 1/],
  ['message A { optional other.B b = 1; }', /other\.B.*choose the file that defines it/],
  ['extend other.B { optional int32 b = 1; }', /extend other\.B.*choose the file that defines it/],
])('%s: told', (text, message) => {
  expect(() => compileProto([{ name: 'bad.proto', text }])).toThrow(message);
});
