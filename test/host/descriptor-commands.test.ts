import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { expect, onTestFinished, test } from 'vitest';
import { MAX_DESCRIPTOR_BYTES } from '../../proxy-engine/contract/descriptor-commands.ts';
import { DescriptorSets } from '../../proxy-engine/host/descriptor-sets.ts';
import { startHost } from '../support/engine-host.ts';

const protos = join(import.meta.dirname, '../renderer/traffic/protobuf');

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'switchyard-descriptors-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

/** What protoc makes of the shop, as base64. */
function shop(...options: string[]): string {
  const file = join(directory(), 'shop.binpb');
  execFileSync('protoc', [`-I${protos}`, ...options, `--descriptor_set_out=${file}`, 'shop.proto'], { cwd: protos });
  return readFileSync(file, 'base64');
}

test('a descriptor set is kept, listed, given back and deleted', async () => {
  const { call } = await startHost({});
  const data = shop('--include_imports');
  const set = await call('descriptors.save', { name: '訂單', data });
  expect(set).toMatchObject({ name: '訂單', sizeBytes: Buffer.from(data, 'base64').length, messages: 8, methods: 2 });
  expect(await call('descriptors.list', {})).toEqual({ sets: [set] });
  expect(await call('descriptors.get', { name: '訂單' })).toEqual({ data });
  await call('descriptors.delete', { name: '訂單' });
  expect(await call('descriptors.list', {})).toEqual({ sets: [] });
  await expect(call('descriptors.get', { name: '訂單' })).rejects.toMatchObject({ code: 'NOT_FOUND', path: 'name' });
});

test('one in the place of another is refused when it is not to replace it; the same once more is not', async () => {
  const { call } = await startHost({});
  const [first, second] = [shop('--include_imports'), shop('--include_imports', '--include_source_info')];
  await call('descriptors.save', { name: 'shop.proto', data: first });
  const refused = call('descriptors.save', { name: 'shop.proto', data: second, replace: false });
  await expect(refused).rejects.toMatchObject({ code: 'CONFLICT', path: 'name' });
  expect(await call('descriptors.get', { name: 'shop.proto' })).toEqual({ data: first });
  await call('descriptors.save', { name: 'shop.proto', data: first, replace: false });
  await call('descriptors.save', { name: 'shop.proto', data: second });
  expect(await call('descriptors.get', { name: 'shop.proto' })).toEqual({ data: second });
});

test('of two at the same time one is refused, and what is in memory lies on disk', async () => {
  const kept = directory();
  const sets = new DescriptorSets(kept);
  const both = [shop('--include_imports'), shop('--include_imports', '--include_source_info')];
  const [first, second] = await Promise.all(both.map((data) => sets.save('shop.proto', data, false)));
  expect([first?.name, second]).toEqual(['shop.proto', null]);
  expect(await sets.data('shop.proto')).toBe(both[0]);
  expect(await new DescriptorSets(kept).data('shop.proto')).toBe(both[0]);
});

test('what is missing of google/protobuf is added', async () => {
  const { call } = await startHost({});
  const kept = directory();
  writeFileSync(
    join(kept, 'own.proto'),
    'import "google/protobuf/type.proto"; message Own { optional google.protobuf.Type type = 1; }',
  );
  execFileSync(
    'protoc',
    [`-I${kept}`, '-I/usr/include', `--descriptor_set_out=${join(kept, 'own.binpb')}`, 'own.proto'],
    { cwd: kept },
  );
  const data = readFileSync(join(kept, 'own.binpb'), 'base64');
  expect((await call('descriptors.save', { name: 'own', data })).messages).toBeGreaterThan(1);
  const whole = await call('descriptors.get', { name: 'own' });
  const types = createFileRegistry(fromBinary(FileDescriptorSetSchema, Buffer.from(whole.data, 'base64')));
  expect(types.getMessage('Own')?.fields[0]?.message?.typeName).toBe('google.protobuf.Type');
});

test('it outlives the process; other files in its directory are left alone', async () => {
  const kept = directory();
  writeFileSync(join(kept, 'other.json'), '{"a": 1}');
  writeFileSync(join(kept, 'broken.json'), '{');
  const data = shop('--include_imports');
  const set = await new DescriptorSets(kept).save('../shop', data);
  const later = new DescriptorSets(kept);
  expect(await later.list()).toEqual([set]);
  expect(await later.data('../shop')).toBe(data);
  expect(await later.delete('../shop')).toBe(true);
  expect(await new DescriptorSets(kept).list()).toEqual([]);
});

test.each([
  [
    'no descriptor set',
    () => Buffer.from('not one').toString('base64'),
    /x: it cannot be read .*protoc --descriptor_set_out/,
  ],
  ['nothing', () => '', /x: it describes no message/],
  ['without what it imports', () => shop(), /x: it cannot be read .*imported by shop\.proto.*--include_imports/],
  ['too large', () => Buffer.alloc(MAX_DESCRIPTOR_BYTES + 1).toString('base64'), /at most 5242880 can be kept/],
])('%s is refused with the reason', async (_, data, message) => {
  const { call } = await startHost({});
  const refused = call('descriptors.save', { name: 'x', data: data() });
  await expect(refused).rejects.toMatchObject({
    code: 'BAD_INPUT',
    path: 'data',
    message: expect.stringMatching(message),
  });
  expect(await call('descriptors.list', {})).toEqual({ sets: [] });
});
