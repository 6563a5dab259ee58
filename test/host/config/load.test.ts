import { expect, it, test } from 'vitest';
import { z } from 'zod';
import { configSchema } from '../../../proxy-engine/contract/config.ts';
import { file } from '../../../proxy-engine/contract/config-fields.ts';
import { formatIssue, loadConfig } from '../../../proxy-engine/host/config/load.ts';
import { parseSource } from '../../../proxy-engine/host/config/source.ts';

function issuesOf(text: string, files: Record<string, string> = {}, environment = {}): string[] {
  const readFile = (path: string) => files[path] ?? '';
  const loaded = loadConfig(text, { file: 's.yaml', baseDir: '/', environment, readFile });
  return loaded.ok ? [] : loaded.issues.map(formatIssue);
}

it('tells what the schema refuses, what names mean and what expressions say, all at once and in order', () => {
  const text = `
listeners: { g: { address: 'nowhere', intercept: 'status = 500' }, h: { address: '127.0.0.1:0', mode: forward, intercept: 'staus = 1' } }
routes:
  - { name: a, match: 'pth = /x', pool: p }
  - { name: b, match: 'status = 5xx', pool: none, more: 1 }
  - { name: c, match: 'host = a', pool: p }
pools: { p: { backends: [{ url: 'http://127.0.0.1:1' }], policy: best } }
groups: { G: { select: few } }
rules:
  - { name: a, group: G, match: 'host == a', request: [{ set: { x: $nope } }, { dleay: 1s }, { set: { y: 1 } }] }
  - { name: b, enabled: maybe, match: 'duration > 1s', response: [{ path: { set: /x } }] }
  - { name: c, request: [{ status: 500 }], limit: { requests: 5 } }
  - { name: d, match: '5xx' }
capture: { bodies: 5 }
`;
  expect(issuesOf(text)).toMatchInlineSnapshot(`
    [
      "s.yaml:2:28: listeners.g.address: expected host:port, such as 127.0.0.1:8080 or [::1]:8080, found "nowhere"",
      "s.yaml:2:51: listeners.g.intercept: at character 1: status is not known yet when a request arrives; here only the request can be asked about",
      "s.yaml:2:124: listeners.h.intercept: at character 1: there is no field \`staus\`; did you mean \`status\`?",
      "s.yaml:4:24: routes[0].match: at character 1: there is no field \`pth\`; did you mean \`path\`?",
      "s.yaml:5:24: routes[1].match: at character 1: status is not known yet when a request arrives; here only the request can be asked about",
      "s.yaml:5:45: routes[1].pool: no pool is called "none"; there are p",
      "s.yaml:5:51: routes[1].more: unknown key "more"; expected one of name, listeners, match, pool, split, stickyBy, respond, redirect, original, mirror",
      "s.yaml:7:66: pools.p.policy: expected round_robin, random, least_request, peak_ewma, ketama, ring_hash, maglev, ip_hash or first, found "best"",
      "s.yaml:8:24: groups.G.select: expected many or one, found "few"",
      "s.yaml:10:39: rules[0].match: at character 6: found \`==\`; write \`=\`",
      "s.yaml:10:68: rules[0].request[0].set.x: there is no variable \`$nope\`; write $$ for a dollar",
      "s.yaml:10:81: rules[0].request[1].dleay: unknown key "dleay"; did you mean delay?",
      "s.yaml:10:106: rules[0].request[2].set.y: expected text, found 1; write '1' in quotes",
      "s.yaml:11:25: rules[1].enabled: expected true or false, found "maybe"",
      "s.yaml:11:40: rules[1].match: at character 1: duration is not known yet when rules act on a response; here only its head and the request can be asked about",
      "s.yaml:11:69: rules[1].response[0].path: path acts on the request; put it under request",
      "s.yaml:12:28: rules[2].request[0].status: status acts on the response; put it under response",
      "s.yaml:12:63: rules[2].limit.requests: expected a rate such as 50/s or 100/m, found 5",
      "s.yaml:13:24: rules[3].match: at character 1: expected a condition, such as host = example.test, failed, or "text in the URL", found \`5xx\`; write \`status = 5xx\`",
      "s.yaml:14:20: capture.bodies: expected a size with a unit, such as 64KiB or 10MiB, found 5",
    ]
  `);
});

it('tells a key that is misspelt once, and what else is missing', () => {
  const text = `version: 1
listeners: { gateway: { addres: '127.0.0.1:0' } }
routes: [{ nmae: all, pool: web }, { pool: web, more: 1 }]
pools: { web: { backends: [{ url: 'http://127.0.0.1:3001' }] } }
`;
  expect(issuesOf(text)).toEqual([
    's.yaml:2:25: listeners.gateway.addres: unknown key "addres"; did you mean address?',
    's.yaml:3:12: routes[0].nmae: unknown key "nmae"; did you mean name?',
    's.yaml:3:36: routes[1].name: missing; expected text',
    's.yaml:3:49: routes[1].more: unknown key "more"; expected one of name, listeners, match, pool, split, stickyBy, respond, redirect, original, mirror',
  ]);
});

it.each([
  ['{}', 'tls: the listener has no certificate: give tls.certificates, or tls.local: true'],
  [
    '{ local: false, certificates: [] }',
    'tls: the listener has no certificate: give tls.certificates, or tls.local: true',
  ],
  [
    '{ local: true, client: { mode: require } }',
    'tls.client.ca: missing: the file of the authorities whose certificates clients must have',
  ],
  ['{ local: true, client: { mode: request } }', null],
  ['{ certificates: [{ cert: a.pem, key: a.key }] }', null],
])('TLS that cannot be is told: %s', (tls, message) => {
  const told = issuesOf(`listeners: { l: { address: '127.0.0.1:0', tls: ${tls} } }`);
  expect(told.map((issue) => issue.replace(/^s\.yaml:\d+:\d+: listeners\.l\./, ''))).toEqual(
    message === null ? [] : [message],
  );
});

it.each([
  ['listeners: { g: }', 'listeners.g: expected a map of keys and values, found nothing'],
  [
    "listeners: { g: { address: '127.0.0.1:0', tls: } }",
    'listeners.g.tls: expected a map of keys and values, found nothing',
  ],
  ['pools: { p: }', 'pools.p: expected a map of keys and values, found nothing'],
  ['routes: [null]', 'routes[0]: expected a map of keys and values, found nothing'],
  ['rules: [null]', 'rules[0]: expected a map of keys and values, found nothing'],
  [
    "pools: { p: { discover: { dns: 'a.test:3000/x' } } }",
    'pools.p.discover.dns: expected a name and a port, such as api.internal:3000, found "a.test:3000/x"',
  ],
  [
    "pools: { p: { discover: { dns: 'https://a.test:99999' } } }",
    'pools.p.discover.dns: expected a port from 1 to 65535, found "https://a.test:99999"',
  ],
  [
    "pools: { p: { backends: [{ url: 'http://a' }], forwarded: { via: 'a b' } } }",
    'pools.p.forwarded.via: expected a name such as switchyard, in ASCII and without blanks, found "a b"',
  ],
  ['// c\n{"rules": []}', 'a comment begins with #'],
  ['version: 2', 'version: expected 1, the version that this Switchyard reads, found 2'],
  ["pools: { p: { discover: { dns: '_http._tcp.a.test', type: SRV } } }", null],
])('%s, as while it is typed', (text, message) => {
  expect(issuesOf(text).map((issue) => issue.replace(/^s\.yaml:\d+:\d+: /, ''))).toEqual(
    message === null ? [] : [message],
  );
});

it('a variable alone is the number, or the true or false, that is expected there', () => {
  const text = `
pools: { p: { backends: [{ url: 'http://127.0.0.1:1', weight: '\${W}', backup: '\${ON}' }], panicThreshold: '\${NONE:-2.5}', retry: { on: ['\${CODE}'] } } }
listeners: { g: { address: '0.0.0.0:\${W}', allowRemote: '\${ON}' } }
rules: [{ name: a, enabled: '\${ON}', request: [{ set: { x: '\${W}' } }] }]
`;
  const environment = { W: '5', ON: 'true', CODE: '503' };
  const loaded = loadConfig(text, { baseDir: '/', environment, readFile: () => '' });
  expect(loaded.ok && loaded.config).toMatchObject({
    pools: { p: { backends: [{ weight: 5, backup: true }], panicThreshold: 2.5, retry: { on: [503] } } },
    listeners: { g: { address: '0.0.0.0:5', allowRemote: true } },
    rules: [{ enabled: true, request: [{ set: { x: '5' } }] }],
  });
  const wrong = issuesOf(text, {}, { W: '500', ON: 'maybe', CODE: 'true' }).map((issue) =>
    issue.replace(/^[^ ]* /, ''),
  );
  expect(wrong).toEqual([
    'pools.p.backends[0].weight: expected at most 256, found 500',
    'pools.p.backends[0].backup: expected true or false, found "${ON}"',
    'pools.p.retry.on[0]: expected connect, reset, timeout, refused_stream or a number, found true',
    'listeners.g.address: 0.0.0.0 is not loopback; other machines could use the proxy. Set allowRemote: true if that is meant',
    'listeners.g.allowRemote: expected true or false, found "${ON}"',
    'rules[0].enabled: expected true or false, found "${ON}"',
  ]);
});

it('a name that is there twice is told with where it stands first', () => {
  const text =
    'include: [a.yaml]\nrules: [{ name: A }]\npools: { p: { backends: [{ url: http://a }] } }\nroutes:\n  - { name: B, pool: p }\n  - { name: B, pool: p }\n';
  const files = { '/a.yaml': 'rules: [{ name: A }]\npools: { p: { backends: [{ url: http://a }] } }\n' };
  expect(issuesOf(text, files)).toEqual([
    's.yaml:6:13: routes[1].name: duplicate name "B"; line 5 has it already',
    '/a.yaml:1:17: rules[0].name: duplicate name "A"; s.yaml:2 has it already',
    '/a.yaml:2:10: pools.p: duplicate name "p"; s.yaml:3 has it already',
  ]);
});

it('what may not be included, or not twice, is told as that', () => {
  const files = { '/a.yaml': 'include: [b.yaml]\nlisteners: {}\nrulse: []\n', '/b.yaml': '' };
  expect(issuesOf('include: [a.yaml, b.yaml, ./b.yaml]', files)).toEqual([
    's.yaml:1:27: include[2]: /b.yaml is included already; take one of the two out',
    '/a.yaml:1:1: include: this is for the document that includes, not for what it includes',
    '/a.yaml:2:1: listeners: this is for the document that includes, not for what it includes',
    '/a.yaml:3:1: rulse: unknown key "rulse"; did you mean rules?',
  ]);
});

it.each(['127.0.0.1:0', 'nowhere'])('each mistake of a listener at %s is told once', (address) => {
  const told = issuesOf(`listeners: { l: { address: '${address}', trustedProxies: [x], tls: {} } }`);
  expect(told.map((issue) => issue.split(': ')[1]).filter((path) => !path?.endsWith('.address'))).toEqual([
    'listeners.l.trustedProxies[0]',
    'listeners.l.tls',
  ]);
});

it.each<[string, string | null]>([
  ['healthCheck: { interval: 0s }', 'healthCheck.interval: expected at least 10ms, found "0s"'],
  ['healthCheck: { interval: 10ms }', null],
  ['healthCheck: { timeout: 0s }', 'healthCheck.timeout: expected more than 0: nothing answers in no time, found "0s"'],
  ["healthCheck: { method: 'G T' }", 'healthCheck.method: expected a method such as GET, found "G T"'],
  ['healthCheck: { method: CONNECT }', 'healthCheck.method: CONNECT opens a tunnel; it checks nothing'],
  ['healthCheck: { method: PROPFIND }', null],
  [
    "healthCheck: { path: '/a b' }",
    'healthCheck.path: expected a path such as /healthz; a space is %20, other letters likewise, found "/a b"',
  ],
  ["healthCheck: { path: '/up?deep=1&x=%20' }", null],
  [
    'healthCheck: { host: "a\\r\\nx: y" }',
    'healthCheck.host: expected a host such as api.internal, found "a\\r\\nx: y"',
  ],
  ["healthCheck: { host: 'api.internal:8080' }", null],
  [
    "healthCheck: { expectBody: '/(/' }",
    'healthCheck.expectBody: at character 2: this `(` is not closed; write `\\(` for the character itself',
  ],
  ["healthCheck: { expectBody: '/^ok$/' }", null],
  ["healthCheck: { expectBody: '(' }", null],
  ["sticky: { cookie: 'a b;' }", 'sticky.cookie: expected a cookie name: letters, digits, - or _, found "a b;"'],
  [
    'sticky: { cookie: S, path: "/\\r\\nx: y" }',
    'sticky.path: expected a path such as /app, of ASCII and without semicolons, found "/\\r\\nx: y"',
  ],
  [
    "sticky: { cookie: S, path: '/; Domain=a' }",
    'sticky.path: expected a path such as /app, of ASCII and without semicolons, found "/; Domain=a"',
  ],
  ['sticky: { cookie: S, path: /app }', null],
  [
    'sticky: { cookie: S, ttl: 0s }',
    'sticky.ttl: expected more than 0: browsers would drop the cookie at once, found "0s"',
  ],
])('what cannot work in a pool is told: %s', (entry, message) => {
  const text = `pools: { p: { backends: [{ url: 'http://127.0.0.1:1' }], ${entry} } }`;
  const told = issuesOf(text).map((issue) => issue.replace(/^s\.yaml:\d+:\d+: pools\.p\./, ''));
  expect(told).toEqual(message === null ? [] : [message]);
});

it.each([
  ["listeners: { g: { address: '127.0.0.1:0', limits: { headTimeout: 0s } } }", 'connections would be closed at once'],
  ["listeners: { g: { address: '127.0.0.1:0', limits: { idleTimeout: 0s } } }", 'connections would be closed at once'],
  ["listeners: { g: { address: '127.0.0.1:0', limits: { headBytes: 0B } } }", 'no request has so small a head'],
  ['rules: [{ name: r, limit: { requests: 0/s } }]', 'expected a rate such as 50/s or 100/m'],
  ['rules: [{ name: r, request: [{ throttle: { down: 0kbps } }] }]', 'expected at least 8bps, found "0kbps"'],
  ['rules: [{ name: r, request: [{ method: get }] }]', 'expected a method in capitals, such as GET, found "get"'],
])('a value that nothing keeps is told: %s', (text, message) => {
  expect(issuesOf(text)).toEqual([expect.stringContaining(message)]);
});

it('a document of which nothing can be read tells that alone', () => {
  expect(issuesOf('[1, 2]')).toEqual(['s.yaml:1:1: expected a map of keys and values, found a list']);
});

it('mistakes in included files are found beside those of the document', () => {
  const files = { '/more.yaml': "rules: [{ name: x, match: 'pth = 1' }, { name: y, off: 1 }]\n" };
  expect(issuesOf('capture: { bodies: 5 }\ninclude: [more.yaml]\n', files)).toMatchInlineSnapshot(`
    [
      "s.yaml:1:20: capture.bodies: expected a size with a unit, such as 64KiB or 10MiB, found 5",
      "/more.yaml:1:28: rules[0].match: at character 1: there is no field \`pth\`; did you mean \`path\`?",
      "/more.yaml:1:51: rules[1].off: unknown key "off"; expected one of name, group, enabled, match, limit, request, response",
    ]
  `);
});

it('of broken syntax the first mistake is told, not what follows from it', () => {
  const text =
    'rules:\n  - { name: a, name: b }\n  - { name: c, set: { x: $header[x-q] } }\n  - { name: d, match: e }\n';
  expect(issuesOf(text)).toEqual([
    's.yaml:2:16: rules[0].name: this key is given twice, in line 2 already; take one of the two out',
    's.yaml:3:33: unexpected [ here; a value that has brackets, braces, commas, # or ": " in it needs quotes',
  ]);
});

it.each(['    match: path = /a: b\n', '    match: path = /a\n      enabled: true\n'])(
  'a key in a value is told in words: %j',
  (line) => {
    expect(issuesOf(`rules:\n  - name: a\n${line}`)).toEqual([
      's.yaml:3:12: this value has a key in it; a value with ": " in it needs quotes, and the keys of one map begin in the same column',
    ]);
  },
);

it('a value that begins with * is told where it stands', () => {
  expect(issuesOf('rules:\n  - name: a\n    match: *x\n    request: [{ delete: [*-y] }]\n')).toEqual([
    's.yaml:3:12: *x stands for nothing, as no &x is above it; a value that begins with * needs quotes',
    's.yaml:4:26: *-y stands for nothing, as no &-y is above it; a value that begins with * needs quotes',
  ]);
});

it.each([
  ['rules: &r [*r]\n', 's.yaml:1:12: *r stands within what it stands for, which would never end'],
  ['rules: [&a { <<: *a }]\n', 's.yaml:1:18: *a stands within what it stands for, which would never end'],
  [`rules: ${'['.repeat(9000)}`, /^s\.yaml:1:\d+: too many lists and maps within each other$/],
])('what never ends, or is too deep, is told where it stands', (text, issue) => {
  expect(issuesOf(text)).toEqual([typeof issue === 'string' ? issue : expect.stringMatching(issue)]);
});

it('a name that is given anew may stand within what had it before', () => {
  const text =
    "groups: { a: &a { select: one } }\nrules: [&b { name: &a x, group: a, match: '/', request: [{ mark: { note: *a } }] }]\n";
  expect(parseSource(text).issues).toEqual([]);
});

const REACHES_FILES = `
routes: [{ name: r, respond: { bodyFile: /etc/hostname } }]
pools:
  script: { discover: { file: b.json }, tls: { verify: false, ca: [/a.pem], cert: /c.pem, key: /k.pem } }
groups: { mapLocal: {} }
rules:
  - name: a
    request:
      - set: { script: fine }
      - mapLocal: { dir: / }
      - body: { file: /etc/hostname }
      - body: { jsonPatch: [{ op: add, path: /a, value: { script: fine } }] }
      - query: { set: { mapLocal: fine } }
    response: [{ script: a.js }]
`;
const document = (include: string) => `
version: 1
listeners: { g: { address: '127.0.0.1:0' } }
include: ['${include}']
`;

it.each(['redis://127.0.0.1/team', 'etcd://127.0.0.1/team'])(
  'what is shared names no files of this machine: %s',
  (include) => {
    const issues = issuesOf(document(include), { [include]: REACHES_FILES });
    const refused = issues.filter((text) => text.includes('may not name files of this machine'));
    expect(refused.map((text) => text.split(': ')[1])).toEqual([
      'routes[0].respond.bodyFile',
      'pools.script.discover.file',
      'pools.script.tls.ca',
      'pools.script.tls.cert',
      'pools.script.tls.key',
      'rules[0].request[1].mapLocal',
      'rules[0].request[2].body.file',
      'rules[0].response[0].script',
    ]);
  },
);

/** Where the schema takes a file of this machine, in the parts of a document that may come from afar. */
function placesOfFiles(schema: z.core.$ZodType, at = ''): string[] {
  if (schema === file) return [at];
  const { def } = schema._zod as unknown as { def: Record<string, unknown> };
  const below = (key: string) => def[key] as z.core.$ZodType | undefined;
  const shape = Object.entries((below('shape') ?? {}) as Record<string, z.core.$ZodType>);
  const options = (below('options') ?? []) as readonly z.core.$ZodType[];
  return [
    ...shape.flatMap(([key, item]) => placesOfFiles(item, at === '' ? key : `${at}.${key}`)),
    ...options.flatMap((item) => placesOfFiles(item, at)),
    ...['innerType', 'element', 'valueType', 'in', 'out'].flatMap((key) => {
      const item = below(key);
      return item?._zod ? placesOfFiles(item, at) : [];
    }),
  ];
}

test('what may not be shared are all places of the schema at which a file is named', () => {
  const { routes, pools, rules, groups } = configSchema.shape;
  const places = placesOfFiles(z.strictObject({ routes, pools, rules, groups }));
  const inDocument: Record<string, string> = {
    'routes.respond.bodyFile': 'routes: [{ respond: { bodyFile: a } }]',
    'pools.discover.file': 'pools: { p: { discover: { file: a } } }',
    'pools.tls.ca': 'pools: { p: { tls: { ca: [a] } } }',
    'pools.tls.cert': 'pools: { p: { tls: { cert: a } } }',
    'pools.tls.key': 'pools: { p: { tls: { key: a } } }',
    'rules.request.respond.bodyFile': 'rules: [{ request: [{ respond: { bodyFile: a } }] }]',
    'rules.request.mapLocal.dir': 'rules: [{ request: [{ mapLocal: { dir: a } }] }]',
    'rules.request.mapLocal.file': 'rules: [{ request: [{ mapLocal: { file: a } }] }]',
    'rules.request.script': 'rules: [{ request: [{ script: a }] }]',
    'rules.request.body.file': 'rules: [{ request: [{ body: { file: a } }] }]',
    'rules.response.script': 'rules: [{ response: [{ script: a }] }]',
    'rules.response.body.file': 'rules: [{ response: [{ body: { file: a } }] }]',
  };
  expect([...new Set(places)].toSorted()).toEqual(Object.keys(inDocument).toSorted());
  const refused = Object.values(inDocument).filter((text) =>
    issuesOf(document('redis://127.0.0.1/team'), { 'redis://127.0.0.1/team': text }).some((issue) =>
      issue.includes('may not name files of this machine'),
    ),
  );
  expect(refused).toEqual(Object.values(inDocument));
});

test('what is shared takes nothing of the environment, defaults included', () => {
  const text = `
pools: { p: { backends: [{ url: 'http://\${HOST}:80' }], connections: { perBackend: '\${COUNT:-8}' } } }
rules: [{ name: a, request: [{ set: { x-a: 'Bearer \${HOME}', x-b: '$\${HOME}' } }] }]
`;
  const issues = issuesOf(document('redis://127.0.0.1/team'), { 'redis://127.0.0.1/team': text }, { HOME: '/root' });
  expect(issues.map((issue) => issue.split('; ')[0])).toEqual([
    'redis://127.0.0.1/team:2:33: pools.p.backends[0].url: a shared rule set may not take environment variables of this machine',
    'redis://127.0.0.1/team:2:84: pools.p.connections.perBackend: a shared rule set may not take environment variables of this machine',
    'redis://127.0.0.1/team:3:44: rules[0].request[0].set.x-a: a shared rule set may not take environment variables of this machine',
  ]);
});

it('a file that is included may', () => {
  const issues = issuesOf(document('team.yaml'), { '/team.yaml': REACHES_FILES });
  expect(issues.filter((text) => text.includes('files of this machine'))).toEqual([]);
});

it.each([
  ['redis://:s3c/ret@127.0.0.1/k', 'redis://127.0.0.1/k'],
  ['redis:/:s3cret@127.0.0.1/k', 'redis:/127.0.0.1/k'],
  ['mysql://me:s3cret@127.0.0.1/k', 'mysql://127.0.0.1/k'],
  ['redis://:s3cret@127.0.0.1/k', 'redis://127.0.0.1/k'],
])('a password is in no message: %s', (include, told) => {
  const readFile = (path: string): string => {
    throw new Error(path.startsWith('redis://:s3c/') ? 'expected an address' : 'nobody is there');
  };
  const loaded = loadConfig(document(include), { file: 's.yaml', baseDir: '/', environment: {}, readFile });
  const issues = loaded.ok ? [] : loaded.issues.map(formatIssue);
  expect(issues).toEqual([expect.stringContaining(`include[0]: cannot read ${told}: `)]);
});

it('a variable that is not set is told once, not what it leaves in its place', () => {
  const text =
    'listeners: { a: { address: "${HERE}" } }\nroutes: [{ name: r, match: "${NOWHERE}", pool: "${A}${B}" }]\npools: {}\n';
  expect(issuesOf(text)).toEqual([
    's.yaml:1:28: listeners.a.address: environment variable HERE is not set; set it, or give a default: ${HERE:-…}',
    's.yaml:2:28: routes[0].match: environment variable NOWHERE is not set; set it, or give a default: ${NOWHERE:-…}',
    's.yaml:2:48: routes[0].pool: environment variable A is not set; set it, or give a default: ${A:-…}',
    's.yaml:2:48: routes[0].pool: environment variable B is not set; set it, or give a default: ${B:-…}',
  ]);
});

it.each([
  [
    'version: 1\nversion: 1\n',
    's.yaml:2:1: version: this key is given twice, in line 1 already; take one of the two out',
  ],
  [
    'pools:\n  a: {}\n  b: { policy: first }\n  a: {}\n',
    's.yaml:4:3: pools.a: this key is given twice, in line 2 already; take one of the two out',
  ],
])('a key that is given twice is told with its place: %j', (text, told) => {
  expect(issuesOf(text)).toContain(told);
});

it.each([
  ['pools: { p: { backends: [{ url: "http://127.0.0.1:99999" }] } }', 'pools.p.backends[0].url'],
  ['rules: [{ name: a, request: [{ mapRemote: { url: "https://x:99999/a" } }] }]', 'rules[0].request[0].mapRemote.url'],
  [
    'listeners: { f: { address: "127.0.0.1:1", mode: forward, upstreamProxy: "http://u:p@h:99999" } }',
    'listeners.f.upstreamProxy',
  ],
])('a port that cannot be is told as one: %s', (text, path) => {
  expect(issuesOf(text).map((issue) => issue.replace(/^s.yaml:1:\d+: /, ''))).toContain(
    `${path}: expected a port from 1 to 65535, found 99999`,
  );
});

it('takes a document that has been read before with the same text as it is, and no other', () => {
  const text = 'version: 1\n';
  const before = [
    parseSource('version: 1 # before\n', 'c.yaml'),
    parseSource(text, 'c.yaml'),
    parseSource(text, 'd.yaml'),
  ];
  const result = loadConfig(text, {
    file: 'c.yaml',
    baseDir: '.',
    environment: {},
    readFile: () => '',
    parsed: before,
  });
  expect(result.ok && result.sources[0]).toBe(before[1]);
});

test('a rule makes no tunnel of a request', () => {
  const text = document('x').replace("include: ['x']", 'rules: [{ name: a, request: [{ method: CONNECT }] }]');
  expect(issuesOf(text)).toEqual([
    's.yaml:4:40: rules[0].request[0].method: CONNECT opens a tunnel; a rule makes none of a request',
  ]);
});
