import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ConfigError } from '../../proxy-engine/config-error.ts';
import { issuesOf } from '../../proxy-engine/host/config/reason.ts';
import { readConfig, readConfigText, readConfigToRun, refuseEmptied } from '../../proxy-engine/host/config-file.ts';
import { temporaryDirectory } from '../support/tls.ts';

const MAIN = 'version: 1\nlisteners: {}\n';

it.each<[name: string, before: Record<string, string>, now: Record<string, string>, refused: string | null]>([
  ['the document', { 'a.yaml': MAIN }, { 'a.yaml': '' }, 'a.yaml is empty'],
  ['the document, but for a line', { 'a.yaml': MAIN }, { 'a.yaml': ' \n' }, 'a.yaml is empty'],
  ['what it includes', { 'a.yaml': MAIN, 'b.yaml': 'rules: []' }, { 'a.yaml': MAIN, 'b.yaml': '' }, 'b.yaml is empty'],
  ['what was empty before', { 'a.yaml': MAIN, 'b.yaml': '' }, { 'a.yaml': MAIN, 'b.yaml': '' }, null],
  ['what it includes from now on', { 'a.yaml': MAIN }, { 'a.yaml': MAIN, 'b.yaml': '' }, null],
  ['a document that says nothing', { 'a.yaml': MAIN }, { 'a.yaml': 'version: 1' }, null],
])('emptied: %s', (_, before, now, refused) => {
  const check = () => refuseEmptied(new Map(Object.entries(now)), new Map(Object.entries(before)));
  if (refused === null) expect(check).not.toThrow();
  else expect(check).toThrow(refused);
});

const LATIN = Buffer.from('version: 1\n# Gr\xfc\xdfe\n', 'latin1');

it.each([
  ['a.yaml', LATIN, Buffer.from('{}'), { line: 2, column: 5 }],
  ['b.yaml', Buffer.from('include: [b.yaml]\n'), LATIN, { line: 2, column: 5 }],
  ['a.yaml', Buffer.from('\ufeffversion: 1\n', 'utf16le'), Buffer.from('{}'), { line: 1, column: 1 }],
])('%s is refused when it is not UTF-8', (name, own, more, place) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'a.yaml'), own);
  writeFileSync(join(directory, 'b.yaml'), more);
  const read = () => readConfig(readConfigText(join(directory, 'a.yaml')));
  expect(read).toThrow(ConfigError);
  expect(issuesOf(thrown(read))).toMatchObject([{ file: join(directory, name), ...place, path: '' }]);
});

function thrown(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

it('what comes through a pipe is in no file', () => {
  const pipe = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  spawn('sh', ['-c', 'echo "version: 1" > "$0"', pipe]);
  expect(readConfigToRun(pipe)).toEqual({ text: 'version: 1\n', baseDir: process.cwd() });
});
