// `npm run h2spec`: h2spec (needs Go, which gets it) asks a listener in clear and over TLS; fails when it finds more than what is known.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const H2SPEC = 'github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible';

/** Answers a little late: a stream that is answered whole is closed, and most cases are about streams that are open. */
const CONFIG = `version: 1
listeners:
  clear: { address: '127.0.0.1:0' }
  tls: { address: '127.0.0.1:0', tls: { local: true } }
routes: [{ name: all, respond: { status: 200, body: hello } }]
rules: [{ name: late, request: [{ delay: 100ms }] }]
`;

const IGNORED = 'nghttp2, which node:http2 is made of, ignores it; nothing of it reaches a backend';

/** Why by section and case; `test/downstream/http2-framing.test.ts` holds what happens instead. */
const KNOWN = new Map([
  ['5.1 closed: Sends a DATA frame after sending RST_STREAM frame', IGNORED],
  ['5.1 closed: Sends a HEADERS frame after sending RST_STREAM frame', IGNORED],
  ['5.1 closed: Sends a DATA frame', IGNORED],
  ['5.1 closed: Sends a HEADERS frame', IGNORED],
  ['5.1.1 Sends stream identifier that is numerically smaller than previous', IGNORED],
  ['5.3.1 Sends PRIORITY frame that depend on itself', 'RFC 9113 has no such rule any more'],
  ['6.3 Sends a PRIORITY frame with 0x0 stream identifier', IGNORED],
  ['6.7 Sends a PING frame with ACK', 'the connection is closed: nobody has asked for it'],
  [
    '6.9.1 Sends multiple WINDOW_UPDATE frames increasing the flow control window to above 2^31-1 on a stream',
    'the whole connection is closed, with the same code',
  ],
]);
const KNOWN_IN_CLEAR = new Map([
  ...KNOWN,
  ['3.5 Sends invalid connection preface', 'a listener in clear speaks HTTP/1.1, too, and says 400 in it'],
]);

const directory = mkdtempSync(join(tmpdir(), 'switchyard-h2spec-'));
writeFileSync(join(directory, 'switchyard.yaml'), CONFIG);
const switchyard = spawn(
  join(import.meta.dirname, '../bin/switchyard'),
  ['run', join(directory, 'switchyard.yaml'), '--ui', '127.0.0.1:0', '--data', join(directory, 'data')],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const ready = await new Promise((resolve) => switchyard.stdout.once('data', (data) => resolve(String(data))));
  const inClear = ask('in clear', /clear=\S+:(\d+)/.exec(ready)[1], [], KNOWN_IN_CLEAR);
  const overTls = ask('over TLS', /tls=\S+:(\d+)/.exec(ready)[1], ['--tls', '--insecure'], KNOWN);
  process.exitCode = inClear && overTls ? 0 : 1;
} finally {
  switchyard.kill();
  rmSync(directory, { recursive: true, force: true });
}

/** Whether everything passed that is not known to fail. */
function ask(where, port, options, known) {
  const report = join(directory, 'report.xml');
  const args = ['run', H2SPEC, '--host', '127.0.0.1', '--port', port, '--timeout', '1', '--junit-report', report];
  const { error } = spawnSync('go', [...args, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (error) throw error;
  const cases = read(readFileSync(report, 'utf8'));
  const failed = cases.flatMap(({ name, hasPassed }) => (hasPassed ? [] : [name]));
  const news = failed.filter((name) => !known.has(name));
  for (const name of failed) console.log(`${where}: ${name}: ${known.get(name) ?? 'FAILED'}`);
  const passed = cases.length - failed.length;
  console.log(
    `${where}: ${passed} of ${cases.length} passed, ${failed.length - news.length} known, ${news.length} failed`,
  );
  return cases.length > 0 && news.length === 0;
}

/** The cases of a JUnit report as h2spec writes it. */
function read(xml) {
  return [
    ...xml.matchAll(/<testcase package="[^/"]+\/([\d.]+)"[^>]*classname="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>/g),
  ].map(([, section, title, content]) => ({
    name: `${section} ${title}`,
    hasPassed: !/<(failure|error)/.test(content),
  }));
}
