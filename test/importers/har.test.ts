import { describe, expect, it } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { importConfig } from '../../proxy-engine/importers/import.ts';
import { importing } from './importing.ts';

it('answers as was recorded, each with its own query or none', () => {
  const group = 'HAR';
  expect(importing('session.har').part.rules).toEqual([
    {
      name: 'GET api.test items',
      group,
      match: 'method = GET and host = api.test and path = /items and query = page=2',
      request: [
        {
          respond: {
            status: 200,
            headers: { 'content-type': 'application/json', 'x-price': '$$5' },
            body: '{"cost":"$$5"}',
          },
        },
      ],
    },
    {
      name: 'GET api.test items 2',
      group,
      match: 'method = GET and host = api.test and path = /items and query = ""',
      request: [{ respond: { status: 200, headers: { 'content-type': 'text/plain' }, body: 'hello' } }],
    },
    {
      name: 'GET api.test logo.png',
      group,
      enabled: false,
      match: 'method = GET and host = api.test and path = /logo.png and query = ""',
      request: [{ respond: { status: 200, headers: { 'content-type': 'image/png' } } }],
    },
    {
      name: 'POST ::1 :3000 login',
      group,
      match: 'method = POST and host = ::1 and path = /login and query = ""',
      request: [{ respond: { status: 204, headers: { 'set-cookie': 'a=b' } } }],
    },
    {
      name: 'GET api.test cut',
      group,
      enabled: false,
      match: 'method = GET and host = api.test and path = /cut and query = ""',
      request: [{ respond: { status: 200 } }],
    },
  ]);
});

it('tells of every entry and body that it leaves out', () => {
  const { left, doubtful } = importing('session.har');
  expect(left).toEqual([
    'entry 3: GET https://api.test/items: entry 2 answers this method, host, path and query',
    'entry 5: GET https://api.test/gone: no response was recorded',
    'entry 6: GET wss://api.test/ws: wss:// is not HTTP',
    'entry 9: GET not a url: its URL cannot be read',
  ]);
  expect(doubtful).toEqual([
    'entry 4: rule GET api.test logo.png: without its body, which is not text; keep it as a file and name it in bodyFile; it is switched off, so that a backend answers',
    'entry 8: rule GET api.test cut: without its body of 900 bytes, which the file does not have; it is switched off, so that a backend answers',
  ]);
});

interface Recorded {
  url?: string;
  status?: number;
  headers?: [name: string, value: string][];
  content?: object;
}

function har(...entries: Recorded[]): string {
  return JSON.stringify({
    log: {
      entries: entries.map(({ url = 'http://api.test/', status = 200, headers = [], content = { text: 'x' } }) => ({
        request: { method: 'GET', url },
        response: { status, headers: headers.map(([name, value]) => ({ name, value })), content },
      })),
    },
  });
}

function imported(...entries: Recorded[]) {
  const { part, items } = importConfig(har(...entries));
  return { rules: part.rules.map(({ request, response }) => ({ request, response })), items };
}

describe('what browsers and recorders write', () => {
  it.each<[string, [string, string][]]>([
    [
      'on lines of their own',
      [
        ['set-cookie', 'a=1'],
        ['x-two', 'one'],
        ['Set-Cookie', 'b=2'],
        ['set-cookie', 'c=3'],
        ['x-two', 'two'],
      ],
    ],
    [
      'joined by line breaks',
      [
        ['set-cookie', 'a=1\nb=2\nc=3'],
        ['x-two', 'one\ntwo'],
      ],
    ],
  ])('all lines of a header are answered: %s', (_, headers) => {
    expect(imported({ headers }).rules).toEqual([
      {
        request: [{ respond: { status: 200, headers: { 'set-cookie': 'a=1', 'x-two': 'one' }, body: 'x' } }],
        response: [{ append: { 'set-cookie': 'b=2', 'x-two': 'two' } }, { append: { 'set-cookie': 'c=3' } }],
      },
    ]);
  });

  it.each([
    ['text/plain; charset=iso-8859-1', 'café', 'text/plain; charset=utf-8'],
    ['text/plain; charset="latin1"; x=y', 'café', 'text/plain; charset=utf-8; x=y'],
    ['text/plain; charset=iso-8859-1', 'cafe', 'text/plain; charset=iso-8859-1'],
  ])('%s with the text %s is answered as %s', (type, text, answered) => {
    const { rules } = imported({ headers: [['content-type', type]], content: { text } });
    expect(rules).toMatchObject([{ request: [{ respond: { headers: { 'content-type': answered }, body: text } }] }]);
  });

  it.each<[string, Recorded[], string]>([
    [
      'a redirect to the same place by https',
      [{ status: 301, headers: [['Location', 'https://api.test/']] }, { url: 'https://api.test/' }],
      'it redirects to the same place by https://, where it would be the answer again',
    ],
    [
      'a redirect to itself, with a cookie',
      [{ status: 302, headers: [['Location', '/']] }, {}],
      'it redirects to the same place by http://, where it would be the answer again',
    ],
    [
      'an answer to a client that has the content',
      [{ status: 304 }, {}],
      'it says that the client has the content already',
    ],
    ['a part', [{ status: 206 }, {}], 'it is a part of the content, for a request that asked for that part'],
  ])('%s gives way to the next answer', (_, entries, why) => {
    const { rules, items } = imported(...entries);
    expect(rules).toMatchObject([{ request: [{ respond: { status: 200 } }] }]);
    expect(items).toMatchObject([
      { at: 'entry 1', outcome: 'unmapped', why },
      { at: 'entry 2', outcome: 'mapped' },
    ]);
  });

  it('a later entry answers for one that has lost its body', () => {
    const { rules, items } = imported({ content: { size: 5 } }, {}, {});
    expect(rules).toMatchObject([{ request: [{ respond: {} }] }, { request: [{ respond: { body: 'x' } }] }]);
    expect(items.map(({ outcome }) => outcome)).toEqual(['approximated', 'mapped', 'unmapped']);
  });

  it('hosts of several ports are told apart by them', () => {
    const urls = ['http://a.test:3000/', 'http://a.test:4000/', 'https://a.test/', 'http://b.test:81/'];
    const { part } = importConfig(har(...urls.map((url) => ({ url }))));
    expect(part.rules.map(({ match = '' }) => / and port .*/.exec(match)?.[0])).toEqual([
      ' and port = 3000',
      ' and port = 4000',
      ' and port in (80, 443)',
      undefined,
    ]);
  });

  it.each(['https://api.test/', 'http://api.test/#part'])('%s asks for what the first entry answers', (url) => {
    const { rules, items } = imported({}, { url });
    expect(rules).toHaveLength(1);
    expect(items[1]).toMatchObject({
      at: 'entry 2',
      outcome: 'unmapped',
      why: 'entry 1 answers this method, host, path and query',
    });
  });

  it('a body that was never read is told', () => {
    const { items } = imported(
      { content: { size: -1 } },
      { url: 'http://api.test/no', status: 204, content: { size: -1 } },
    );
    expect(items.map(({ why }) => why)).toEqual(['without its body, if it had one: the file does not say', undefined]);
  });

  it('passwords of URLs are not in the report', () => {
    const { items } = imported({ url: 'http://me:secret@api.test/', status: 0 });
    expect(items).toMatchObject([{ what: 'GET http://api.test/' }]);
  });

  it('a line that is no header is left out and told', () => {
    const { rules, items } = imported({
      headers: [
        ['bad name', 'x'],
        ['x-zero', 'a\0b'],
        ['x-lines', 'a\r\nb'],
      ],
    });
    expect(rules).toMatchObject([{ request: [{ respond: { headers: { 'x-lines': 'a' } } }] }]);
    expect(items).toMatchObject([
      { why: 'without the header "bad name", which is none; without the header "x-zero", which is none' },
    ]);
  });

  it('a body that is not what it is said to be is told', () => {
    expect(imported({ content: { text: '?', encoding: 'base64' } }).items).toMatchObject([
      { outcome: 'approximated', why: expect.stringContaining('base64') },
    ]);
  });

  it.each([
    [
      "http://api.test/p'|q?n='a'&m=[1]&u=ü",
      `path = "/p'|q" and query in ("n=%27a%27&m=[1]&u=%C3%BC", "n='a'&m=[1]&u=%C3%BC", "n='a'&m=[1]&u=ü")`,
    ],
    ['http://me@api.test?a=%27', `path = / and query in (a=%27, "a='")`],
    ['http://api.test/a"b', 'path in (/a%22b, "/a\\"b") and query = ""'],
  ])('%s is answered however clients write it', (url, conditions) => {
    const [rule] = importConfig(har({ url })).part.rules;
    expect(rule?.match).toBe(`method = GET and host = api.test and ${conditions}`);
  });
});

it('a file without entries is told', () => {
  expect(() => importConfig(har())).toThrow('log.entries: there is none');
});

it.each([
  ['a group of the config', { groups: { HAR: { select: 'one' as const } } }],
  ['a group of one of its rules', { rules: [{ name: 'r', group: 'HAR' }] }],
])('mocks do not fall into %s', (_, document) => {
  const into = configSchema.parse({ version: 1, ...document });
  const { part } = importConfig(har({}, { url: 'http://api.test/b' }), { into });
  expect(part.groups).toEqual({ 'HAR 2': { select: 'many' } });
  expect(part.rules.map(({ group }) => group)).toEqual(['HAR 2', 'HAR 2']);
});
