import { expect, test } from 'vitest';
import type { EngineApi } from '../../../renderer/api/engine-api.ts';
import { createHarCalls } from '../../../renderer/transfer/har-calls.ts';

const TEXT = '{"log":{"entries":[{"note":"測試 😀 é"}]}}';
const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

test.each<[charset: string, bytes: Buffer]>([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-16, as PowerShell writes it', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
  ['UTF-16, the other byte first', swapped(`\uFEFF${TEXT}`)],
])('a HAR in %s is read', async (_charset, bytes) => {
  const told: unknown[] = [];
  const api: EngineApi = { call: async (_command, input) => (told.push(input), {}) as never };
  await createHarCalls(api).import(new File([new Uint8Array(bytes)], `${'x'.repeat(300)}.har`), () => true);
  expect(told).toEqual([{ text: TEXT, name: 'x'.repeat(200), import: undefined, more: false }]);
});
