import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Headers } from '../../proxy-engine/http/headers.ts';
import { editBody, MAX_EDITED_BYTES, needsOriginal } from '../../proxy-engine/rules/body-edit.ts';
import type { BodyEdit } from '../../proxy-engine/rules/effects.ts';

/** Of an edit that is no search. */
const HERE = {
  source: null,
  *replaceAt(text: string): Generator<void, string> {
    yield;
    return text;
  },
};

const shout: BodyEdit = {
  kind: 'replace',
  *replace(text) {
    yield;
    return text.toUpperCase();
  },
  ...HERE,
  stream: null,
};

const leave: BodyEdit = {
  ...shout,
  *replace(text) {
    yield;
    return text;
  },
};
const directory = mkdtempSync(join(tmpdir(), 'switchyard-body-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('codings', () => {
  const same = (body: Buffer) => body;
  it.each<[string, (body: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity', same],
    ['', same],
    ['gzip, br', (body) => brotliCompressSync(gzipSync(body))],
  ])('takes %s off', async (coding, encode) => {
    const headers = new Headers([
      'Content-Type',
      'text/plain',
      'Content-Encoding',
      coding,
      'Transfer-Encoding',
      'chunked',
      'Content-MD5',
      'x',
    ]);
    const { body, problem } = await editBody([shout], encode(Buffer.from('hällo')), headers);
    expect(problem).toBeNull();
    expect(Buffer.from(body).toString()).toBe('HÄLLO');
    expect(headers.lines()).toEqual([
      ['Content-Type', 'text/plain'],
      ['Content-Length', '6'],
    ]);
  });

  it.each<[string, Buffer, RegExp]>([
    ['snappy', Buffer.from('x'), /unknown content coding snappy/],
    ['gzip', Buffer.from('not gzip'), /not valid gzip/],
    ['gzip, gzip, gzip', gzipSync('x'), /more than 2/],
    ['br', brotliCompressSync(Buffer.alloc(MAX_EDITED_BYTES + 1)), /MiB when decoded/],
    ['gzip', gzipSync(Buffer.alloc(MAX_EDITED_BYTES + 1)), /MiB when decoded/],
    ['zstd', zstdCompressSync(Buffer.alloc(MAX_EDITED_BYTES + 1)), /MiB when decoded/],
    ['deflate', deflateSync(Buffer.alloc(MAX_EDITED_BYTES + 1)), /MiB when decoded/],
    ['', Buffer.alloc(MAX_EDITED_BYTES + 1), /longer than/],
    ['', Buffer.from([0xff, 0xfe, 0]), /not text/],
  ])('leaves a body with %j alone', async (coding, body, why) => {
    const lines = ['Content-Encoding', coding];
    const headers = new Headers([...lines]);
    const edited = await editBody([shout], body, headers);
    expect(edited.body).toBe(body);
    expect(edited.problem).toMatch(why);
    expect(headers.flat).toEqual(lines);
  });
});

describe('edits', () => {
  const edit = async (edits: BodyEdit[], body: string | Buffer, contentType = 'application/json') => {
    const { body: after, problem } = await editBody(
      edits,
      Buffer.from(body),
      new Headers(['Content-Type', contentType]),
    );
    return problem ?? Buffer.from(after).toString();
  };

  it('set, and then others on it', async () =>
    expect(await edit([{ kind: 'set', text: 'new' }, shout], 'old')).toBe('NEW'));

  it('set needs no original', () => {
    expect(needsOriginal([{ kind: 'set', text: '' }, shout])).toBe(false);
    expect(needsOriginal([shout, { kind: 'set', text: '' }])).toBe(true);
    expect(needsOriginal([])).toBe(false);
  });

  it('file', async () => {
    const path = join(directory, 'b.txt');
    writeFileSync(path, 'from file');
    expect(await edit([{ kind: 'file', path }], 'old')).toBe('from file');
    expect(await edit([{ kind: 'file', path: join(directory, 'none') }], 'old')).toMatch(/ENOENT/);
  });

  it('json patch', async () => {
    expect(await edit([{ kind: 'json-patch', operations: [{ op: 'replace', path: '/a', value: 2 }] }], '{"a":1}')).toBe(
      '{"a":2}',
    );
    expect(await edit([{ kind: 'json-patch', operations: [{ op: 'remove', path: '/b' }] }], '{"a":1}')).toMatch(
      /patch does not apply: there is no "b"/,
    );
    expect(await edit([{ kind: 'json-patch', operations: [] }], '<a>')).toMatch(/not JSON/);
  });

  it.each<[what: string, edit: BodyEdit, bytes: number[], charset: string, edited: string, told: string]>([
    ['replaced', shout, [0x68, 0xe9, 0x80], 'ISO-8859-1', 'HÉ€', 'utf-8'],
    ['replaced', shout, [0xa4, 0xa4, 0x61], 'big5', '中A', 'utf-8'],
    ['replaced', shout, [0xff, 0xfe, 0x61, 0], 'utf-16', '\ufeffA', 'utf-8'],
    ['replaced', shout, [0xc3, 0xa9], 'UTF-8', 'É', 'UTF-8'],
    ['where nothing was found', leave, [0xe9], 'ISO-8859-1', '\ufffd', 'ISO-8859-1'],
    ['set', { kind: 'set', text: '中' }, [0xe9], 'big5', '中', 'utf-8'],
  ])('what is written goes out as its Content-Type says: %s', async (_what, one, bytes, charset, edited, told) => {
    const headers = new Headers(['Content-Type', `text/html;charset=${charset}; a=b`]);
    const { body, problem } = await editBody([one], Uint8Array.from(bytes), headers);
    expect(problem).toBeNull();
    expect(Buffer.from(body).toString('utf8')).toBe(edited);
    expect(headers.get('content-type')).toMatch(new RegExp(`^text/html; ?charset=${told}; a=b$`));
  });

  it('a charset that nobody knows is left alone', async () => {
    expect(await edit([shout], 'x', 'text/plain; charset=x-own')).toBe('charset x-own is not edited');
  });

  it('all or none', async () => {
    expect(await edit([shout, { kind: 'json-patch', operations: [{ op: 'remove', path: '/b' }] }], '{"a":1}')).toMatch(
      /there is no/,
    );
  });

  it('gives others their turn', async () => {
    const spin: BodyEdit = {
      kind: 'replace',
      *replace() {
        // Until others had a turn; the end is for an edit that gives none.
        const end = performance.now() + 5000;
        while (turns === 0 && performance.now() < end) yield;
        return turns > 0 ? 'shared' : 'alone';
      },
      ...HERE,
      stream: null,
    };
    let turns = 0;
    const tick = setInterval(() => turns++, 0);
    expect(await edit([spin], 'x')).toBe('shared');
    clearInterval(tick);
  });
});
