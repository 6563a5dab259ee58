/** What is copied is really run, against a server that tells what it got. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cProgram } from '../../../renderer/traffic/copy-as/c.ts';
import { type CopiedRequest, copiedBody, readRequest } from '../../../renderer/traffic/copy-as/copied-request.ts';
import { curlCommand } from '../../../renderer/traffic/copy-as/curl.ts';
import { fetchCall } from '../../../renderer/traffic/copy-as/fetch.ts';
import { librarySnippet } from '../../../renderer/traffic/copy-as/library.ts';
import { pythonCall } from '../../../renderer/traffic/copy-as/python.ts';
import { rubyCall } from '../../../renderer/traffic/copy-as/ruby.ts';
import { type CopyTarget, LIBRARY_TARGETS, type LibraryTarget } from '../../../renderer/traffic/copy-as/targets.ts';
import { isRewritten, unwritable } from '../../../renderer/traffic/copy-as/unwritable.ts';
import { exampleExchange } from '../examples.ts';

const run = promisify(execFile);

interface Got {
  method: string | undefined;
  target: string | undefined;
  headers: Record<string, string>;
  body: Buffer;
}

let server: Server;
let directory: string;
let origin: string;
let got: Got | null = null;

beforeAll(async () => {
  server = createServer((request, response) => void take(request).then(() => response.end('ok')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  directory = await mkdtemp(join(tmpdir(), 'copy-as-'));
  await writeFile(join(directory, 'requests.py'), REQUESTS);
});
afterAll(async () => {
  server.close();
  await rm(directory, { recursive: true });
});

/** As much of Python's `requests` as a copied call uses, for machines that have not installed it. */
const REQUESTS = `import http.client, types, urllib.parse
def request(method, url, headers=None, data=None):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request(method, url[len(parts.scheme) + 3 + len(parts.netloc):], data, headers or {})
    answer = connection.getresponse()
    return types.SimpleNamespace(status_code=answer.status, text=answer.read().decode())
`;

async function take(request: IncomingMessage): Promise<void> {
  const { method, url: target, rawHeaders } = request;
  const headers: Record<string, string> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    headers[name] = (name in headers ? `${headers[name]}, ` : '') + rawHeaders[at + 1];
  }
  got = { method, target, headers, body: await buffer(request) };
}

/** `script`: to its standard input, as if it was pasted. */
async function resultOf(program: string, args: string[], script: string): Promise<Got> {
  got = null;
  // Wget writes what a URL has by the system's charset; all of them go by proxies that the system names.
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', PYTHONPATH: directory, HOME: '/nowhere' };
  const running = run(program, args, { env });
  running.child.stdin?.end(script);
  await running;
  if (!got) throw new Error('nothing was sent');
  return got;
}

const runners = {
  curl: (request: CopiedRequest) => resultOf('sh', ['-s'], curlCommand(request)),
  fetch: (request: CopiedRequest) => resultOf(process.execPath, ['--input-type=module'], fetchCall(request)),
  python: (request: CopiedRequest) => resultOf('python3', ['-'], pythonCall(request)),
  wget: (request: CopiedRequest) => resultOf('sh', ['-s'], librarySnippet('wget', request)),
};

const NASTY = `it's "quoted" \\ $HOME \${HOME} $(id) \`id\` %41 #{1} !! ; & | <a> * ~ ' "`;
const BODIES: [name: string, bytes: Buffer][] = [
  ['text', Buffer.from(`${NASTY}\n\tand more: é 漢字 😀\n\n`)],
  ['JSON, as it is written', Buffer.from('{"big": 90071992547409931, "a":1 , "a":2}')],
  ['an @ at its start', Buffer.from('@/etc/passwd')],
  ['carriage returns', Buffer.from('--b\r\nA: b\r\n\r\nc\r\n--b--\r\n')],
  ['bytes', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
  ['more than an argument takes', Buffer.alloc(300_000, 'x')],
  ['more than an argument takes, in fewer characters', Buffer.from('漢'.repeat(60_000))],
];

const requestOf = (bytes: Buffer | null, more: Partial<CopiedRequest> = {}): CopiedRequest => ({
  method: 'POST',
  url: `${origin}/a/b?q=1`,
  headers: [
    ['Host', 'elsewhere.test'],
    ['Content-Type', 'application/json'],
    ['Content-Length', '7'],
    ['Proxy-Connection', 'Keep-Alive'],
    ['X-Nasty', NASTY],
  ],
  body: bytes && copiedBody(bytes.toString('base64')),
  ...more,
});

describe.each(['curl', 'fetch', 'python'] as const)('a request copied as %s', (target) => {
  test.each(BODIES)('sends a body that is %s', async (_, bytes) => {
    const { method, target: path, headers, body } = await runners[target](requestOf(bytes));
    expect(headers).not.toHaveProperty('proxy-connection');
    expect([method, path, headers['content-type'], headers['x-nasty']]).toEqual([
      'POST',
      '/a/b?q=1',
      'application/json',
      NASTY.trimEnd(),
    ]);
    expect(body.equals(bytes)).toBe(true);
  });

  test('sends nothing that was not there', async () => {
    const { method, body, headers } = await runners[target](requestOf(null, { method: 'GET', headers: [] }));
    expect([method, body.length, headers['content-type']]).toEqual(['GET', 0, undefined]);
  });
});

describe('a request copied as curl', () => {
  test.each(['/a?x[]=1&y={1,2}', "/it's?a='b'&c=$HOME", '/a/../b/./c', '/%41%2f?%27', '/back\\slash"`'])(
    'asks for %s',
    async (target) => {
      const request = requestOf(null, { method: 'GET', url: origin + target });
      expect((await runners.curl(request)).target).toBe(target);
    },
  );

  test.each(['*', '/a#b'])('asks for %s, which no URL says', async (asked) => {
    const { method, target } = await runners.curl(requestOf(null, { method: 'OPTIONS', url: origin + asked }));
    expect([method, target]).toEqual(['OPTIONS', asked]);
  });

  test('asks for a head, sends empty headers, and gives no content type of its own', async () => {
    const head = await runners.curl(requestOf(null, { method: 'HEAD', headers: [['X-Empty', '']] }));
    expect([head.method, head.headers['x-empty']]).toEqual(['HEAD', '']);
    const post = await runners.curl(requestOf(Buffer.from('a=1'), { headers: [] }));
    expect(post.headers['content-type']).toBeUndefined();
  });

  test('sends the bytes of a header that is UTF-8', async () => {
    const value = Buffer.from('漢字').toString('latin1');
    const { headers } = await runners.curl(requestOf(null, { headers: [['X-Text', value]] }));
    expect(headers['x-text']).toBe(value);
  });

  test('quotes what zsh would take for a program', () => {
    expect(curlCommand({ method: 'POST', url: origin, headers: [], body: { text: '=ls' } })).toContain(
      "--data-raw '=ls'",
    );
  });

  test('is the same words for any text', async () => {
    const text = fc.string({
      unit: fc.constantFrom(...`ab '"\\$\`!#&;|<>(){}[]*?~=%\n\té漢😀`),
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(text, async (body) => {
        expect((await runners.curl(requestOf(Buffer.from(body)))).body.toString()).toBe(body);
      }),
      { numRuns: 25, seed: 7 },
    );
  });
});

describe('a request copied by the library', () => {
  const text = Buffer.from(`${NASTY}\né 漢字 {"big": 90071992547409931}`);

  test('wget sends it', async () => {
    const sent = await runners.wget(requestOf(text, { url: `${origin}/it's?a='b"` }));
    expect(sent).toMatchObject({ method: 'POST', target: '/it%27s?a=%27b%22' });
    expect([sent.headers['content-type'], sent.headers['x-nasty']]).toEqual(['application/json', NASTY]);
    expect(sent.body.equals(text)).toBe(true);
  });

  test.each<[LibraryTarget, string]>([
    ['httpie', "'X-File: @/etc/passwd'"],
    ['httpie', "'X-Json: =1'"],
    ['httpie', "'X-Empty;'"],
    ['rust', '.header("X-Empty", " ")'],
    ['wget', `--body-data '{"big":90071992547409931}'`],
    ['php', `'body' => '{"big":90071992547409931}'`],
  ])('%s has %s', (target, part) => {
    const headers: CopiedRequest['headers'] = [
      ['X-File', '@/etc/passwd'],
      ['X-Json', '=1'],
      ['X-Empty', ''],
    ];
    expect(librarySnippet(target, requestOf(Buffer.from('{"big":90071992547409931}'), { headers }))).toContain(part);
  });

  test.each(LIBRARY_TARGETS)('%s has its method, URL, headers and body', (target) => {
    const snippet = librarySnippet(
      target,
      requestOf(Buffer.from('plain body'), {
        headers: [
          ['X-A', '1'],
          ['x-a', '2'],
        ],
      }),
    );
    for (const part of ['POST', '/a/b?q=1', '1, 2', 'plain body'])
      expect(snippet.toUpperCase()).toContain(part.toUpperCase());
  });
});

describe('a request copied as Ruby', () => {
  const interpolated = 'a #{`id`} #$0 #@x "b" \\#{c}';

  test.each<[what: string, part: string, request: Partial<CopiedRequest>]>([
    ['body', 'request.body = "a \\#{`id`} \\#$0 \\#@x \\"b\\" \\\\\\#{c}"', { body: { text: interpolated } }],
    ['bytes', 'request.body = "AP8=".unpack1("m")', { body: { base64: 'AP8=' } }],
    ['value', 'request["X-A"] = "\\#{`id`}"', { headers: [['X-A', '#{`id`}']] }],
    ['name', 'request["X\\#$0"] = "1"', { headers: [['X#$0', '1']] }],
    ['URL', 'true, true, "/\\#{`id`}?\\#$0")', { url: 'http://a.test/#{`id`}?#$0' }],
    ['method', 'new("X\\#$0`id`", true', { method: 'X#$0`id`' }],
    ['asterisk', 'new("OPTIONS", false, true, "*")', { method: 'OPTIONS', url: 'http://a.test:81*', body: null }],
    ['HEAD', 'new("HEAD", false, false, "/")', { method: 'HEAD', url: 'http://a.test/', body: null }],
  ])('is text in its %s, and no code', (_, part, request) => {
    expect(rubyCall(requestOf(Buffer.from('x'), request))).toContain(part);
  });
});

describe('a request copied as C', () => {
  test.each<[part: string, request: Partial<CopiedRequest>]>([
    ['CURLOPT_NOBODY, 1L', { method: 'HEAD', body: null }],
    ['CURLOPT_CUSTOMREQUEST, "POST"', {}],
    ['curl_slist_append(headers, "X-Empty;")', { headers: [['X-Empty', '']] }],
    ['curl_slist_append(headers, "X-A: \\"\\\\ \\?\\?/")', { headers: [['X-A', '"\\ ??/']] }],
    ['CURLOPT_URL, "http://a.test:81"', { url: 'http://a.test:81*' }],
    ['CURLOPT_REQUEST_TARGET, "*"', { url: 'http://a.test:81*' }],
    ['CURLOPT_POSTFIELDS, "\\000\\3771"', { body: { base64: 'AP8x' } }],
    ['CURLOPT_POSTFIELDSIZE, 6L', { body: { text: '漢字' } }],
    ['\n    "a\\n"\n    "\\tb")', { body: { text: 'a\n\tb' } }],
  ])('has %s', (part, request) => {
    expect(cProgram(requestOf(Buffer.from('x'), request))).toContain(part);
  });

  test('has no CUSTOMREQUEST of a HEAD', () => {
    expect(cProgram(requestOf(null, { method: 'HEAD' }))).not.toContain('CUSTOMREQUEST');
  });
});

describe('a request that a target cannot write', () => {
  test.each<[CopyTarget, Partial<CopiedRequest>, ReturnType<typeof unwritable>]>([
    ['wget', { method: 'GET`id`' }, 'names'],
    ['php', { headers: [["X'.`id`.'", '1']] }, 'names'],
    ['httpie', { method: 'M-SEARCH' }, 'names'],
    ['go', { method: 'M-SEARCH' }, null],
    ['java', { headers: [['X-U', '\u00e6\u00b8\u00ac']] }, 'values'],
    ['axios', { headers: [['X-U', '測試']] }, 'values'],
    ['axios', { headers: [['X-U', 'a\tb']] }, null],
    ['go', { headers: [['X-U', '測試']] }, null],
    ['python', { method: 'GET`id`' }, null],
    ['python', { url: 'http://a.test:81*' }, 'asterisk'],
    ['go', { url: 'http://a.test*' }, 'asterisk'],
    ['ruby', { url: 'http://a.test*' }, null],
    ['go', { url: 'http://a.test/*' }, null],
    ['wget', { body: { text: '漢'.repeat(60_000) } }, 'length'],
    ['httpie', { body: { text: 'x'.repeat(300_000) } }, 'length'],
    ['wget', { body: { text: 'x'.repeat(60_000) } }, null],
    ['go', { body: { text: 'x'.repeat(300_000) } }, null],
    ['curl', { body: { text: 'x'.repeat(300_000) } }, null],
  ])('%s of %j: %s', (target, request, why) => {
    expect(unwritable(target, requestOf(null, request))).toBe(why);
  });

  test.each<[CopyTarget, target: string, isRewritten: boolean]>([
    ['python', '/a?%', true],
    ['python', '/a?%25', false],
    ['python', '/a/../b', true],
    ['fetch', '/a/../b', true],
    ['fetch', '/a?%&b={}', false],
    ['go', '/a?b={}', true],
    ['go', '/a?b=1', false],
    ['curl', '/a/../b?%', false],
  ])('%s writes %s anew: %s', (target, path, expected) => {
    expect(isRewritten(target, `http://a.test${path}`)).toBe(expected);
  });
});

describe('the body of a request', () => {
  const exchange = exampleExchange(3);
  const withBody = (body: typeof exchange.request.body) => ({ ...exchange, request: { ...exchange.request, body } });
  const detail = { body: () => Promise.reject(new Error('not asked')) };

  test.each([
    ['not kept', { sizeBytes: 10, captured: 5, truncated: true }],
    ['too long', { sizeBytes: 2 * 1024 ** 2, captured: 2 * 1024 ** 2, truncated: false }],
    [null, { sizeBytes: 0, captured: 0, truncated: false }],
  ])('is left out: %s', async (leftOut, body) => {
    expect(await readRequest(detail, withBody(body))).toMatchObject({ leftOut, request: { body: null } });
  });

  test.each([
    ['/caf\xc3\xa9', '/café', 'http://a.test/café'],
    ['/caf\xe9?\xfc', '/café?ü', 'http://a.test/caf%E9?%FC'],
    ['http://a.test/caf\xe9', '/café', 'http://a.test/caf%E9'],
    ['/x%E9', '/x%E9', 'http://a.test/x%E9'],
  ])('the URL of %j sends the same bytes', async (target, path, url) => {
    const exchange = withBody({ sizeBytes: 0, captured: 0, truncated: false });
    const sent = { ...exchange, scheme: 'http', host: 'a.test', path, request: { ...exchange.request, target } };
    expect((await readRequest(detail, sent)).request.url).toBe(url);
  });
});
