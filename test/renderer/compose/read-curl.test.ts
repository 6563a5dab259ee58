import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CurlRequest, readCurl } from '../../../renderer/compose/curl/read-curl.ts';
import { shellWords } from '../../../renderer/compose/curl/shell-words.ts';
import { curlCommand } from '../../../renderer/traffic/copy-as/curl.ts';

function read(text: string): CurlRequest {
  const request = readCurl(text);
  if (typeof request === 'string') throw new Error(request);
  return request;
}

const FORM: [string, string] = ['Content-Type', 'application/x-www-form-urlencoded'];

describe('what curl would send', () => {
  test.each<[string, Partial<CurlRequest>]>([
    ['curl http://a.test/', { method: 'GET', url: 'http://a.test/', headers: [], body: '', notes: [] }],
    ['$ curl a.test', { url: 'http://a.test' }],
    ['  curl.exe -sSLk -m 5 -o /dev/null --retry 3 http://a.test/x', { url: 'http://a.test/x', notes: [] }],
    ['curl --url http://a.test --request PATCH', { method: 'PATCH', url: 'http://a.test' }],
    ['curl -XPUT http://a.test -dfoo', { method: 'PUT', body: 'foo', headers: [FORM] }],
    ['curl -d a=b -d c=d http://a.test', { method: 'POST', body: 'a=b&c=d', headers: [FORM] }],
    ['curl -I http://a.test', { method: 'HEAD' }],
    ["curl -H 'x-token abc' http://a.test", { headers: [], notes: [{ kind: 'option', what: '--header x-token abc' }] }],
    [
      "curl --url-query 'a=b c' --url-query 'd!e' --url-query '+f=%20' http://a.test/?x",
      { url: 'http://a.test/?x&a=b+c&d%21e&f=%20' },
    ],
    ["curl -d x --url-query 'a=@b' http://a.test", { url: 'http://a.test?a=%40b', method: 'POST', body: 'x' }],
    ["curl --data-urlencode 'n@me=v w(1)*' http://a.test", { body: 'n@me=v+w%281%29%2A', notes: [] }],
    [
      "curl -z '2 Jan 2024' http://a.test",
      { headers: [['If-Modified-Since', 'Tue, 02 Jan 2024 00:00:00 GMT']], notes: [] },
    ],
    ["curl -z '20240102' http://a.test", { headers: [['If-Modified-Since', 'Tue, 02 Jan 2024 00:00:00 GMT']] }],
    [
      "curl -z '-2 Jan 2024 10:00' http://a.test",
      { headers: [['If-Unmodified-Since', 'Tue, 02 Jan 2024 10:00:00 GMT']] },
    ],
    [
      "curl -z 'Jan 2 2024 10:00 EST' http://a.test",
      { headers: [['If-Modified-Since', 'Tue, 02 Jan 2024 15:00:00 GMT']] },
    ],
    ["curl http://a.test --data-raw 'a\nb&=@c'", { body: 'a\nb&=@c', method: 'POST' }],
    [`curl http://a.test --data-binary $'a\\nb\\u0021\\'\\xc3\\xa4'`, { body: "a\nb!'ä" }],
    [`curl http://a.test -H 'X: it'\\''s'`, { headers: [['X', "it's"]] }],
    [`curl http://a.test -H "X: a\\"b\\$c $HOME"`, { headers: [['X', 'a"b$c $HOME']] }],
    [
      'curl http://a.test \\\n  -H a:b \\\r\n  -H "c: d"',
      {
        headers: [
          ['a', 'b'],
          ['c', 'd'],
        ],
      },
    ], // prettier-ignore
    ["curl http://a.test -H 'X-Empty;' -H 'Accept:'", { headers: [['X-Empty', '']] }],
    [`curl http://a.test -H 'content-type: text/x' -d y`, { headers: [['content-type', 'text/x']] }],
    [`curl http://a.test -H 'Content-Type:' -d y`, { headers: [], method: 'POST' }],
    [
      `curl --json '{"a":1}' http://a.test`,
      {
        method: 'POST',
        body: '{"a":1}',
        headers: [
          ['Accept', 'application/json'],
          ['Content-Type', 'application/json'],
        ],
      },
    ], // prettier-ignore
    ['curl -u user:pä:ss http://a.test', { headers: [['Authorization', 'Basic dXNlcjpww6Q6c3M=']] }],
    ['curl --oauth2-bearer tok http://a.test', { headers: [['Authorization', 'Bearer tok']] }],
    [
      "curl -b 'a=1; b=2' -b c=3 -A UA -e http://r.test --compressed a.test",
      {
        headers: [
          ['User-Agent', 'UA'],
          ['Referer', 'http://r.test'],
          ['Accept-Encoding', 'deflate, gzip, br, zstd'],
          ['Cookie', 'a=1; b=2; c=3'],
        ],
      },
    ], // prettier-ignore
    [
      "curl -G 'http://a.test/?x=1#f' -d q=1 --data-urlencode 'y=a b&c' --data-urlencode =ü",
      { method: 'GET', url: 'http://a.test/?x=1&q=1&y=a+b%26c&%C3%BC#f', body: '' },
    ], // prettier-ignore
    ['curl -r 0-99 http://a.test', { headers: [['Range', 'bytes=0-99']] }],
    ['curl http://a.test # a comment', { url: 'http://a.test', notes: [] }],
    ['curl http://a.test/1; curl http://a.test/2', { url: 'http://a.test/1' }],
    ['curl http://a.test/1 | jq .', { url: 'http://a.test/1', notes: [] }],
    ['curl ^"http://a.test^" ^\n  --data-raw ^"a^\n\n^\n\nb^" ^\r\n  -XPUT', { body: 'a\n\nb', method: 'PUT' }],
    ['curl ^"http://a.test^" ^\r\n  --data-raw ^"a^\r\n\r\nb^"', { body: 'a\nb', method: 'POST' }],
    [
      'curl ^"https://a.test/?a=^%^20b^" ^\n  -H ^"x: ^\\^"q^\\^"^" ^\n  --data-raw ^"^{^\\^"a^\\^":1^}^"',
      { url: 'https://a.test/?a=%20b', headers: [['x', '"q"'], FORM], body: '{"a":1}' },
    ], // prettier-ignore
    ["curl 'https://a.test/a[1]{2}?q=*' --globoff --path-as-is", { url: 'https://a.test/a[1]{2}?q=*' }],
  ])('%s', (text, wanted) => {
    expect(read(text)).toMatchObject(wanted);
  });

  test('parts of a form keep their type and name of a file; those of files are empty, and told', () => {
    const { body, method, notes } = read(
      `curl -F 'j={"a":1};type=application/json' -F 't=x;type=text/plain;charset=utf-8' -F 'f=@/a/x.png;type=image/png' -F 'n=1;filename=n.txt' http://a.test`,
    );
    expect(method).toBe('POST');
    expect(body.split(/--+SwitchyardFormBoundary\w+(?:--)?\r\n/).filter((part) => part !== '')).toEqual([
      'Content-Disposition: form-data; name="j"\r\nContent-Type: application/json\r\n\r\n{"a":1}\r\n',
      'Content-Disposition: form-data; name="t"\r\nContent-Type: text/plain;charset=utf-8\r\n\r\nx\r\n',
      'Content-Disposition: form-data; name="f"; filename="x.png"\r\nContent-Type: image/png\r\n\r\n\r\n',
      'Content-Disposition: form-data; name="n"; filename="n.txt"\r\n\r\n1\r\n',
    ]);
    expect(notes).toEqual([{ kind: 'file', what: '/a/x.png' }]);
  });

  test('parts in quotes, types with parameters, and what does not come along', () => {
    const { body, notes } = read(
      `curl -F 'a="x;y \\"z\\"";type=text/plain;a=1;b="2 3";filename=f' -F 'b=1;b=2' -F 'c=1;headers="X: 1"' http://a.test`,
    );
    expect(body.split(/--+SwitchyardFormBoundary\w+(?:--)?\r\n/).filter((part) => part !== '')).toEqual([
      'Content-Disposition: form-data; name="a"; filename="f"\r\nContent-Type: text/plain;a=1;b=2 3\r\n\r\nx;y "z"\r\n'.replace(
        'b=2 3',
        'b="2 3"',
      ),
      'Content-Disposition: form-data; name="b"\r\n\r\n1\r\n',
      'Content-Disposition: form-data; name="c"\r\n\r\n1\r\n',
    ]);
    expect(notes.map(({ what }) => what)).toEqual(['--form ;b=2', '--form ;headers=X: 1']);
    expect(read('curl --json @f http://a.test')).toMatchObject({ method: 'POST', body: '' });
  });

  test.each([
    ['curl --digest -u a:b http://a.test', [{ kind: 'option', what: '--digest' }]],
    ['curl -u a:b --anyauth http://a.test', [{ kind: 'option', what: '--anyauth' }]],
  ])('a password that curl would not send at once is not sent: %s', (command, notes) => {
    const request = read(command);
    expect([request.headers, request.notes]).toEqual([[], notes]);
  });

  test.each([
    ['http://h/../a/./b?x=..', 'http://h/a/b?x=..', []],
    ['--path-as-is http://h/../a', 'http://h/../a', []],
    ['http://h/a/..', 'http://h/', []],
    ["'http://h/{a,b}/[1-3]'", 'http://h/{a,b}/[1-3]', ['{a,b}']],
    ["-g 'http://h/{a,b}'", 'http://h/{a,b}', []],
    ["'http://[::1]:80/a'", 'http://[::1]:80/a', []],
  ])('the path as curl sends it: %s', (words, url, told) => {
    const request = read(`curl ${words}`);
    expect([request.url, request.notes.map(({ what }) => what)]).toEqual([url, told]);
  });

  test('a form in parts', () => {
    const { body, headers, method } = read(`curl -F a=b -F 'c="d";type=text/x' http://a.test`);
    const [, type = ''] = headers.find(([name]) => name === 'Content-Type') ?? [];
    const boundary = type.replace('multipart/form-data; boundary=', '');
    expect(body.split(`--${boundary}`).map((part) => part.trim())).toEqual([
      '',
      'Content-Disposition: form-data; name="a"\r\n\r\nb',
      'Content-Disposition: form-data; name="c"\r\nContent-Type: text/x\r\n\r\nd',
      '--',
    ]);
    expect(method).toBe('POST');
  });
});

test.each<[string, CurlRequest['notes']]>([
  ['curl -d @body.json http://a.test', [{ kind: 'file', what: 'body.json' }]],
  ['curl --data-urlencode n@me.txt http://a.test', [{ kind: 'file', what: 'me.txt' }]],
  ['curl --url-query @q.txt http://a.test', [{ kind: 'file', what: 'q.txt' }]],
  ['curl -z file.txt http://a.test', [{ kind: 'option', what: '--time-cond' }]],
  ['curl -z 2024-01-02 http://a.test', [{ kind: 'option', what: '--time-cond' }]],
  ['curl -F file=@x.png http://a.test', [{ kind: 'file', what: 'x.png' }]],
  ['curl -b jar.txt http://a.test', [{ kind: 'file', what: 'jar.txt' }]],
  ['curl -H @headers http://a.test', [{ kind: 'file', what: 'headers' }]],
  [
    'curl -T f -x p:1 http://a.test',
    [
      { kind: 'option', what: '--upload-file' },
      { kind: 'option', what: '--proxy' },
    ],
  ], // prettier-ignore
  ['curl http://a.test/1 http://a.test/2', [{ kind: 'url', what: 'http://a.test/2' }]],
  ['curl http://a.test --next -d x http://b.test', [{ kind: 'option', what: '--next' }]],
])('what does not come along is told: %s', (text, notes) => {
  expect(read(text).notes).toEqual(notes);
});

test.each([
  ['wget http://a.test', 'not curl'],
  ['curlew http://a.test', 'not curl'],
  ["curl 'http://a.test", 'open quote'],
  ['curl "http://a.test', 'open quote'],
  ['curl -v', 'no url'],
])('no request: %s', (text, mistake) => {
  expect(readCurl(text)).toBe(mistake);
});

describe('there and back', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((value) => value.replace(/[\p{Cc}]/gu, '·'));
  const value = text.map((written) => written.trim().replace(/^@/, 'x'));
  const name = fc.stringMatching(/^X-[A-Za-z0-9-]{1,10}$/);

  test('what the window copies as cURL is read as the same request', () => {
    fc.assert(
      fc.property(fc.constantFrom('POST', 'PUT'), fc.array(fc.tuple(name, value)), text, (method, headers, body) => {
        const wire = headers.map(([key, written]): [string, string] => [key, toWire(written)]);
        const command = curlCommand({ method, url: 'http://a.test/x?y=%20', headers: wire, body: { text: body } });
        expect(read(command)).toMatchObject({ method, url: 'http://a.test/x?y=%20', headers, body, notes: [] });
      }),
      { seed: 20_261_129 },
    );
  });

  test('words are those of a real shell', () => {
    const piece = fc.constantFrom('a', ' ', '\t', "'", '"', '\\', '\\\n', '#', "$'", 'n', 'ü', '\\"', "\\'", '$ ', '!');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const command = `${pieces.join('')} end`;
        const words = shellWords(command);
        const shell = wordsOfBash(command);
        if (words !== null && shell !== null) expect(words).toEqual(shell);
      }),
      { numRuns: 150, seed: 20_261_129 },
    );
  });
});

function toWire(written: string): string {
  return Buffer.from(written, 'utf8').toString('latin1');
}

/** null: it is a mistake there. */
function wordsOfBash(command: string): string[] | null {
  try {
    const script = `f() { for w in "$@"; do printf '%s\\0' "$w"; done; }\nf ${command.trim()}`;
    const output = execFileSync('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    return output.toString('utf8').split('\0').slice(0, -1);
  } catch {
    return null;
  }
}
