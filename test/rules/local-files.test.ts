import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLocal, safeSegments } from '../../proxy-engine/rules/local-files.ts';

let base = '';
let root = '';

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'switchyard-local-'));
  root = join(base, 'root');
  mkdirSync(join(root, 'sub'), { recursive: true });
  writeFileSync(join(base, 'secret.txt'), 'secret');
  mkdirSync(join(base, 'root-sibling'));
  writeFileSync(join(base, 'root-sibling', 'a.txt'), 'sibling');
  for (const [name, text] of [
    ['a.js', 'a'],
    ['a b.txt', 'space'],
    ['中.txt', 'zh'],
    ['sub/index.html', 'index'],
    ['..a', 'dots'],
  ] as const)
    writeFileSync(join(root, name), text);
  symlinkSync(join(base, 'secret.txt'), join(root, 'out'));
  symlinkSync(base, join(root, 'up'));
  mkdirSync(join(root, 'leads-out'));
  symlinkSync(join(base, 'secret.txt'), join(root, 'leads-out', 'index.html'));
  symlinkSync(join(base, 'root-sibling'), join(root, 'sibling'));
  symlinkSync(join(root, 'a.js'), join(root, 'in.js'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

async function look(path: string, missing: 'pass' | 404 = 'pass', index = true): Promise<string> {
  const answer = await openLocal([{ kind: 'directory', root, path, index, missing }]);
  if (answer.kind !== 'found') return answer.kind;
  const text = await answer.file.readFile('utf8');
  await answer.file.close();
  expect(answer.sizeBytes).toBe(Buffer.byteLength(text));
  return `${text} ${answer.contentType}`;
}

describe('files of a directory', () => {
  it.each([
    ['/a.js', 'a text/javascript; charset=utf-8'],
    ['a.js', 'a text/javascript; charset=utf-8'],
    ['/%61.js', 'a text/javascript; charset=utf-8'],
    ['/a%20b.txt', 'space text/plain; charset=utf-8'],
    ['/%E4%B8%AD.txt', 'zh text/plain; charset=utf-8'],
    ['/..a', 'dots application/octet-stream'],
    ['/sub', 'directory'],
    ['/sub/', 'index text/html; charset=utf-8'],
    ['/in.js', 'a text/javascript; charset=utf-8'],
    ['/a.js/', 'pass'],
    ['/a.js/more', 'pass'],
    ['/none', 'pass'],
    ['/', 'pass'],
    ['/pipe', 'pass'],
  ])('%s is %s', async (path, found) => expect(await look(path)).toBe(found));

  it.each(['/sub', '/sub/'])('%s is nothing without an index', async (path) => {
    expect(await look(path, 'pass', false)).toBe('pass');
    expect(await look('/a.js', 'pass', false)).toBe('a text/javascript; charset=utf-8');
  });

  it('a missing file can be an answer', async () => expect(await look('/none', 404)).toBe('not-found'));
});

describe('ways out of a directory', () => {
  it.each([
    '/../secret.txt',
    '/sub/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/%2E%2E%2Fsecret.txt',
    '/..%2fsecret.txt',
    '/%252e%252e/secret.txt',
    '/%252e%252e%252fsecret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '/sub/..%2f..%2fsecret.txt',
    '/a/%2e./../../secret.txt',
    '/%ff/../../secret.txt',
    '/out',
    '/up/secret.txt',
    '/sibling/a.txt',
    '/leads-out/',
    '/leads-out',
  ])('%s is not found', async (path) => expect(await look(path)).toBe('not-found'));

  it.each([
    '/%255csecret.txt',
    '/a.js%00.txt',
    '/%00',
    '/%2500',
    '/./a.js',
    '/sub/../a.js',
    '//host/share',
    '/sub//index.html',
    '/C:/windows',
    '/c%3a/windows',
    '/%ff',
    '/%',
  ])('%s stays inside, where no file can have that path', async (path) => {
    expect(await look(path)).toBe('pass');
    expect(await look(path, 404)).toBe('not-found');
  });

  it('segments are what stays', () => {
    expect(safeSegments('/a/%62/')).toEqual(['a', 'b']);
    expect(safeSegments('')).toEqual([]);
  });
});

describe('sources', () => {
  it('are asked in order', async () => {
    const answer = await openLocal([
      { kind: 'directory', root, path: '/none', index: true, missing: 'pass' },
      { kind: 'file', path: join(base, 'secret.txt') },
    ]);
    expect(answer.kind).toBe('found');
    if (answer.kind === 'found') await answer.file.close();
  });

  it('a file that is named and not there is not found', async () => {
    expect((await openLocal([{ kind: 'file', path: join(base, 'none') }])).kind).toBe('not-found');
  });

  it('a directory that is not there lets pass', async () => {
    expect(
      (await openLocal([{ kind: 'directory', root: join(base, 'none'), path: '/a', index: true, missing: 'pass' }]))
        .kind,
    ).toBe('pass');
  });
});
