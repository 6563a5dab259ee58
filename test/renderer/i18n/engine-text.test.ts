import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drillSchema } from '../../../proxy-engine/contract/drill.ts';
import { parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';
import { quote } from '../../../proxy-engine/contract/expression/strings.ts';
import { loadConfig } from '../../../proxy-engine/host/config/load.ts';
import { validate } from '../../../proxy-engine/host/config/validate.ts';
import { compileExpression } from '../../../proxy-engine/match/compile.ts';
import { decodeBody } from '../../../proxy-engine/rules/content-coding.ts';
import { engineTexts } from '../../../renderer/i18n/engine-text.ts';
import { messagesFor } from '../../../renderer/i18n/messages.ts';
import { type Says, wordsIn } from '../../support/words-in.ts';

const { engine } = messagesFor('zh-TW');
const source = join(import.meta.dirname, '../../../proxy-engine');

describe('by template', () => {
  const translate = engineTexts(
    {
      'connection refused': 'REFUSED',
      '{} of pool {}: {}': 'in {2}, {1}: {*3}',
      'first check: {}': 'FIRST {*}',
      first: 'ONE',
      '{} rests': '{} RESTS',
      '{} matches by {}': '{}依{*}比對',
    },
    { '; ': ' / ', ': ': ' = ' },
  );

  test.each([
    ['connection refused', 'REFUSED'],
    ['none of pool first: connection refused', 'in first, none: REFUSED'],
    ['a: connection refused; b: first check: connection refused', 'a = REFUSED / b = FIRST REFUSED'],
    ['who knows: nothing; nobody', 'who knows: nothing; nobody'],
    ['a connection refused by nobody', 'a connection refused by nobody'],
    ['a rests', 'a RESTS'],
    ['gRPC matches by first', 'gRPC 依 ONE 比對'],
    ['乙 matches by 甲', '乙依甲比對'],
    ['a: first; b rests', 'a = ONE / b RESTS'],
    ['a: first: b rests', 'a = first = b RESTS'],
  ])('%s', (english, text) => expect(translate(english)).toBe(text));

  test('a table that knows nothing changes nothing', () => {
    expect(engineTexts({}, {})('any: thing, at; all')).toBe('any: thing, at; all');
  });
});

/** As the engine's code has them, with a word where something varies. */
function said(call: RegExp): [text: string, place: string][] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) =>
    [...readFileSync(join(source, file), 'utf8').matchAll(call)].map(([, literal = '']): [string, string] => [
      literal
        .slice(1, -1)
        .replace(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, '7')
        .replace(/\$\{.*/s, '')
        .replaceAll(/\\(.)/g, '$1'),
      file,
    ]),
  );
}

const LITERAL = /(`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*')/.source;

/** Each with another mistake. */
const PATTERNS: readonly string[] = [
  ...[
    '(',
    ')',
    '[a',
    '*a',
    '+a',
    'a**',
    'a{3,2}',
    '(?:a{40}){40}',
    'a\\',
    'a\\1',
    '\\y',
    '\\Z',
    '\\u0041',
    '\\x4',
    '\\pX',
  ],
  ...['[\\b]', '[a-\\d]', '[z-a]', '[[:foo:]]', '(?=a)', '(?>a)', '(?<a-b>c)', '(?<a>b)(?<a>c)', '\\p{Foo}'],
];

describe('what the engine says is there in Chinese', () => {
  const errors = said(new RegExp(`new ProxyError\\(\\s*[^,()]+(?:\\([^)]*\\))?,\\s*${LITERAL}`, 'g'));
  const notes = said(new RegExp(`\\.note\\(${LITERAL}`, 'g'));
  /** Only what somebody else said, or nothing. */
  const isOwn = ([text]: [string, string]): boolean => /[a-z]{3}/i.test(text.replace(/\(RFC.*\)/, ''));

  test('enough of it is found', () => {
    expect([errors.length > 80, notes.length > 5]).toEqual([true, true]);
  });

  test.each([...errors, ...notes].filter(isOwn))('%s (%s)', (text) => expect(engine(text)).not.toBe(text));

  test.each([
    'round_robin, a already tried',
    'least_request, panic: health ignored',
    'least_request, panic: health ignored, a, b already tried, backup: no other is available',
    'ring_hash, a already tried, ejected but not tried',
    'sticky cookie',
    'maint by you, 10:30',
    'drain in the config',
    'fall 3/3: connection refused',
    'rise 1/2: 200 in 2 ms',
    'first check: answered 503',
    'ejected 12 s: 3× connection refused',
    'ejected until it answers: 5× response cut short',
    'slow start: 40 % of its weight',
    'full: 8 of 8 in flight',
    '200 in 2 ms',
    '+200 ± 20 ms, 30 % 503 (40 % of requests)',
    'resets connections (40 % of requests)',
    '3 attempts · connect, reset',
    'TCP connect every 2 s',
    'threw "x"',
    'the file is made as for 1.22, the oldest that is known here; it may be refused',
    'aborted at a breakpoint (2)',
    'map local: the file lost 12 of its 20 bytes while it was read',
    ...['a link leads out of the directory', 'the path leaves the directory'],
    ...['no such file', 'the file cannot be opened', 'not a regular file'],
    'replay of 5; imported from a.x',
    'replay of 5 of the recording a; imported from a.x',
    'replay of 5; sent without what was redacted: x-a',
    'the disk cannot keep up: bodies are left out',
    'recordings cannot be written: the disk is full; make room on it, or clear the list',
    'without bodies: recordings cannot be written: the disk is full; make room on it, or clear the list',
    'exchanges that went on when the engine ended could not be ended yet: database or disk is full',
    'the index of recordings was missing; 20 exchanges were found again',
    'no backend of pool api is available: a: maint by you, 10:30; b: fall 3/3: connection refused',
    'no backend of pool api is available: a: first check: connection refused; b: weight 0: drains',
    'no backend of pool api is available: a: full: 1 of 2 in flight; b: slow start: 50 % of its weight',
    'a: ejected 3 s: 5× reset; b: fall 3/3: answered 503',
    'maint by the drill, 10:30',
    'TLS failed: its certificate has expired (ERR_X)',
    'fall 3/3: TLS failed: it refused the TLS version (ERR_X)',
    'from the client: a text message is not UTF-8 (RFC 6455 §8.1)',
    'the backend sent no valid response: a bad chunk size (RFC 9112 §7.1)',
    'a name that is no token (RFC 9113 §8.2.1) in "A"',
    'api/a: no fault',
    '12 % (3 of 25)',
  ])('%s', (text) => expect(engine(text)).not.toMatch(/(?!Cookie)\b[a-z]{4,}/i));

  test.each([
    ['gzip', [1, 2, 3]],
    ['gzip', [31, 139, 8, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255]],
    ['gzip', [31, 139, 8, 0]],
    ['deflate', [120, 156, 255, 255]],
    ['br', [255, 255, 255]],
    ['zstd', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd, 0x24, 3, 0xff]],
  ])('why a body cannot be decoded: %s of %j', async (coding, bytes) => {
    const why = await decodeBody(Uint8Array.from(bytes), coding, 1000);
    expect(engine(String(why)).replace(coding, '')).not.toMatch(/[a-z]{2,}/i);
  });

  test('an expression that is too long', () => {
    const parsed = parseExpression(`path = ${'a'.repeat(100_000)}`);
    expect(engine(parsed.ok ? '' : (parsed.issues[0]?.message ?? ''))).toContain('字元');
  });

  test.each([
    'hots = a',
    'host = "127.0.0.1:80"',
    'status == 200',
    'status = abc',
    'host = ',
    'host',
    'failed foo',
    'duration > 5',
    'size > x',
    'header = a',
    'path[x] = a',
    'has host',
    'status ^= 2',
    'host < a',
    'status && failed',
    '"open',
    'nothing',
    '(failed',
    'method in (GET',
    ...PATTERNS.map((pattern) => `path ~ ${quote(pattern)}`),
    `${'('.repeat(200)}failed${')'.repeat(200)}`,
  ])('what is wrong with %s', (text) => {
    const compiled = compileExpression(text, 'exchange');
    const message = compiled.ok ? '' : (compiled.issues[0]?.message ?? '');
    expect(message).not.toBe('');
    expect(engine(message)).toMatch(/[一-鿿]/);
    // What is code or a name stays as it is.
    expect(engine(message).replaceAll(/`[^`]*`/g, '')).not.toMatch(/\b(?:the|is|of|to|and|for|there)\b/);
  });
});

describe('what a report or a refusal says is there in Chinese', () => {
  const EXPORTERS: Says = {
    call: /^((\w+\.)*notes\.(map|always|approximate|refuse|lack|attempt)|refuse|Inexpressible)$/,
    name: /^(what|why)$/,
  };

  const IMPORTERS: Says = {
    call: /^((site\.)?draft\.(refuse|approximate|map)|(site\.|this\.#)?ledger\.(refuse|approximate)|refuse|UnreadableImport|NotThere|left\.push)$/,
    name: /^(what|why|those|refused|NO_HOST|REASONS(: .*)?)$/s,
  };
  const HAR: Says = { call: /^(tell|this\.#tell|whys\.add)$/, name: /^why$/ };

  const COMMANDS: Says = {
    call: /^(\w+Failure|refused|No\w+|Superseded|TooManyPinned|BadDescriptors|report)$/,
    name: /^(message|error|what|hint|rest|kept|NO_BROWSER|STILL_GOING_ON)$/,
  };
  /** What refuses an edit, down to the reasons of single files and values. */
  const EDITS: Says = {
    call: /^(Error|super|\w*(Failure|Error|refused|Refused)|issueAt|report|whole|refuse)$/,
    name: /^(message|reason|why|what|hint|TOO_LARGE)$/,
  };
  const CONFIG: Says = {
    call: /^(Refused|z\.(string|array)|withFound|report|issueAt|refused|unknownKey|z\.\w+(\(\))?\.min|\w+\.push)$/,
    name: /^(error|message|what|hint|expected|ms|count|share|NO_HOST|OTHER_EXPECTED)$/,
  };

  const SCRIPTS: Says = { call: /^(TypeError|RangeError|\w+\.#fail)$/, name: /^(message|time|memory)$/ };

  /** What makes a message, a handshake or the beginning of a connection wrong. */
  const PROTOCOLS: Says = {
    call: /^(malformed|invalid|refused?|FrameError|this\.#(refuse|failure)|damaged)$/,
    name: /^(REASONS|UNTRUSTED|REPLIES)\b/,
  };
  const DRILLS: Says = { call: /^Error$/, name: /^$/ };

  test.each([
    ['tls', PROTOCOLS, 35],
    ['http', PROTOCOLS, 25],
    ['http2', PROTOCOLS, 5],
    ['websocket', PROTOCOLS, 12],
    ['downstream', PROTOCOLS, 15],
    ['upstream', PROTOCOLS, 5],
    ['drills/conductor.ts', DRILLS, 1],
    ['discovery/file.ts', PROTOCOLS, 3],
    ['exporters', EXPORTERS, 250],
    ['importers', IMPORTERS, 70],
    ['exchange-formats', HAR, 25],
    ['host/command-failure.ts', COMMANDS, 3],
    ['host/commands.ts', COMMANDS, 4],
    ['host/pool-commands.ts', COMMANDS, 2],
    ['host/sending-commands.ts', COMMANDS, 2],
    ['host/har-commands.ts', COMMANDS, 1],
    ['host/har-transfers.ts', COMMANDS, 1],
    ['host/descriptor-commands.ts', COMMANDS, 2],
    ['host/described-types.ts', COMMANDS, 4],
    ['host/drills', COMMANDS, 1],
    ['host/config', COMMANDS, 10],
    ['host/config-file.ts', EDITS, 2],
    ['host/document-changes.ts', EDITS, 2],
    ['host/shared', EDITS, 8],
    ['match', EDITS, 3],
    ['rules/local-files.ts', EDITS, 4],
    ['store/recordings/recording-file.ts', COMMANDS, 1],
    ['store/recorded-exchanges.ts', COMMANDS, 1],
    ['host/config', CONFIG, 10],
    ['contract', CONFIG, 15],
    ['rules', CONFIG, 4],
    ['scripts', SCRIPTS, 20],
  ] as const)('%s', (folder, says, atLeast) => {
    const words = wordsIn(join(source, folder), says);
    // Examples of expressions are code.
    const isCode = (text: string): boolean => /^\w+ = \w+$/.test(text);
    expect(words.filter((text) => !isCode(text) && engine(text) === text)).toEqual([]);
    expect(words.length).toBeGreaterThanOrEqual(atLeast);
  });

  test.each([
    'pools: { api: { backends: [{ url: http://a:1, weight: x }] } }',
    'pools: { api: { policy: nope, backends: [] } }',
    'pools: { api: { backends: [{ url: ftp://a }] } }',
    'pools: { api: { backends: [{ url: "http://a:99999" }] } }',
    'pools: { api: { backends: [{ url: "http://a:1/x" }], timeouts: { connect: 5 } } }',
    'pools: { api: { polcy: first } }',
    'pools: { api: {} }',
    'listeners: { in: { address: "0.0.0.0:80" } }',
    'listeners: { in: { address: x } }',
    'listeners: { in: {} }',
    'listeners: { a: { address: "127.0.0.1:1" }, b: { address: "127.0.0.1:1" } }',
    'routes: [{ name: a }]',
    'routes: [{ name: a, pool: none, respond: {} }]',
    'routes: [{ name: a, pool: nowhere }]',
    'rules: [{ name: "a/b" }]',
    'rules: [{ name: a, match: "hots = x" }]',
    'rules: [{ name: a, request: [{ set: { x: 1 } }] }]',
    'rules: [{ name: a, request: [{ nothing: 1 }] }]',
    'rules: [{ name: a, request: [{ delay: 5 }] }]',
    'rules: [{ name: a, group: g }]',
    'rules: [{ name: a, limit: { requests: 5 } }]',
    'rules: {}',
    'capture: { level: most }',
    'capture: { memory: 5 }',
    'pools: {a: 1',
    'pools:\n\t- a',
    'pools: 1\npools: 2',
    'nothing: 1',
    '- a',
  ])('what is wrong with a config: %s', (text) => {
    const loaded = loadConfig(`version: 1\n${text}\n`, { baseDir: '/', environment: {}, readFile: () => '' });
    const messages = loaded.ok ? [] : loaded.issues.map(({ message }) => message);
    expect(messages).not.toEqual([]);
    for (const message of messages) expect(engine(message)).toMatch(/[一-鿿]/);
  });

  test.each([
    { duration: '9h' },
    { load: { url: 'x', rate: '9999999/s' } },
    { timeline: [{ at: '1s', backend: 'a' }] },
    { timeline: [{ at: '7s', backend: 'a/b', state: 'ready' }] },
    ...[
      'faild = 0',
      'failed = x',
      'failed',
      'p99 < 3',
      'recovered(a/b) < 3s',
      'failed(3s..2s) = 0',
      'share(a) = 5',
    ].map((text) => ({ expect: [text] })),
  ])('what is wrong with a drill: %o', (part) => {
    const drill = { version: 1, name: 'a', duration: '5s', load: { url: '/', rate: '5/s' }, ...part };
    const read = validate(drillSchema, drill);
    const messages = read.ok ? [] : read.mistakes.map(({ message }) => message);
    expect(messages).not.toEqual([]);
    for (const message of messages)
      expect(engine(message)).not.toMatch(/\b(expected|found|such as|character|of the)\b/);
  });
});
