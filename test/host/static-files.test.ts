import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findFile } from '../../proxy-engine/host/static-files.ts';

const around = mkdtempSync(join(tmpdir(), 'static-files-'));
const root = join(around, 'ui');
for (const directory of [root, join(root, 'assets'), join(around, 'ui-secret')]) mkdirSync(directory);
for (const file of ['ui/index.html', 'ui/assets/a b.js', 'ui-secret/key', 'key'])
  writeFileSync(join(around, file), 'x');
afterAll(() => rmSync(around, { recursive: true }));

test.each([
  ['/', 'index.html'],
  ['/index.html', 'index.html'],
  ['/assets/a%20b.js', 'assets/a b.js'],
  ['/assets/../index.html', 'index.html'],
])('%s is %s', (pathname, file) => {
  expect(findFile(root, pathname)).toBe(join(root, file));
});

test.each([
  ['a directory', '/assets'],
  ['one that is not there', '/other.js'],
  ['one below a file', '/index.html/other.js'],
  ['one outside', '/../key'],
  ['one outside, in disguise', '/%2e%2e/key'],
  ['one in a directory whose name begins alike', '/../ui-secret/key'],
  ['bytes that are no UTF-8', '/%ff'],
  ['a NUL', '/index.html%00'],
  ['a name that is too long', `/${'a'.repeat(300)}`],
  ['a path that is too long', `/${'a/'.repeat(4000)}`],
])('%s is none', (_, pathname) => {
  expect(findFile(root, pathname)).toBeNull();
});
