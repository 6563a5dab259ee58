import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const renderer = join(import.meta.dirname, '../../../renderer');
/** A plain element with nothing in it but what the engine said: only `Told`, `ErrorBox` and `FieldError` translate it. */
const RAW = /<[a-z][^<>]*>\s*\{(?:error|problem|reason|failure|measured)\}\s*</g;

test('what the engine says is nowhere shown as it came', () => {
  const files = readdirSync(renderer, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));
  expect(files.length).toBeGreaterThan(100);
  const raw = files.flatMap((file) =>
    [...readFileSync(join(renderer, file), 'utf8').matchAll(RAW)].map(([text]) => `${file}: ${text}`),
  );
  expect(raw).toEqual([]);
});
