import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileSource, parseBackendsFile } from '../../proxy-engine/discovery/file.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { temporaryDirectory } from '../support/tls.ts';
import { until } from '../support/until.ts';

test.each([
  ['["http://127.0.0.1:3001"]', [['http://127.0.0.1:3001', 1, 'ready']]],
  ['\uFEFF["http://a"]', [['http://a', 1, 'ready']]],
  [
    '{"backends": [{"url": "http://127.0.0.1:3001", "weight": 3, "state": "drain"}]}',
    [['http://127.0.0.1:3001', 3, 'drain']],
  ],
  [
    '["http://a", "https://a"]',
    [
      ['http://a', 1, 'ready'],
      ['https://a', 1, 'ready'],
    ],
  ],
  ['[]', []],
])('%s', (text, expected) => {
  expect(parseBackendsFile(text).map(({ url, weight, state }) => [url, weight, state])).toEqual(expected);
});

test.each([
  ['{', /JSON/],
  ['{}', 'expected a list of backends'],
  ['"http://x"', 'expected a list of backends'],
  ['[{"url": "http://127.0.0.1:1"}, {"url": 7}]', /^backends\[1\]\.url: /],
  ['[{"url": "http://127.0.0.1:1", "wieght": 2}]', /^backends\[0\]: .*wieght/],
  ['["http://127.0.0.1:1", "http://127.0.0.1:1"]', /^backends\[1\]: duplicate name "127\.0\.0\.1:1"/],
  ['["http://a", {"url": "http://b", "name": "a:80"}]', /^backends\[1\]: duplicate name "a:80"/],
])('%s is refused', (text, message) => {
  expect(() => parseBackendsFile(text)).toThrow(message);
});

function watch() {
  const file = join(temporaryDirectory(), 'backends.json');
  const clock = new FakeClock();
  const log: string[] = [];
  const source = new FileSource(file, clock);
  const start = async () => {
    source.start({
      onBackends: (found) => log.push(found.map(({ url }) => url).join(', ') || 'nobody'),
      onProblem: (message) => log.push(message?.replace(file, 'FILE') ?? 'read again'),
    });
    await until(() => clock.timers === 1);
  };
  const round = async () => {
    clock.advance(500);
    await until(() => clock.timers === 1);
  };
  return { file, log, source, start, round };
}

test('it is read when it changes, however it is replaced; a broken one changes nothing', async () => {
  const { file, log, source, start, round } = watch();
  writeFileSync(file, '["http://a:1"]');
  await start();
  await round();
  writeFileSync(file, '["http://a:1", "http://b:1"]');
  await round();
  writeFileSync(file, '["http://a:1", "htt');
  await round();
  await round();
  writeFileSync(`${file}.new`, '["http://c:1"]');
  renameSync(`${file}.new`, file);
  await round();
  source.stop();
  expect(log).toEqual([
    'http://a:1',
    'http://a:1, http://b:1',
    expect.stringMatching(/^FILE: .*JSON/),
    'read again',
    'http://c:1',
  ]);
});

test.each([
  ['another size', '["http://b:10"]', false],
  ['another file of the same size', '["http://b:1"]', true],
])('%s in the same tick of the file system is a change', async (_what, text, isReplaced) => {
  const { file, log, source, start, round } = watch();
  const write = (to: string, content: string) => {
    writeFileSync(to, content);
    utimesSync(to, 1000, 1000);
  };
  write(file, '["http://a:1"]');
  await start();
  write(isReplaced ? `${file}.new` : file, text);
  if (isReplaced) renameSync(`${file}.new`, file);
  await round();
  source.stop();
  expect(log).toEqual(['http://a:1', ...(JSON.parse(text) as string[])]);
});

test('a file that is not there yet, and one that goes', async () => {
  const { file, log, source, start, round } = watch();
  await start();
  writeFileSync(file, '["http://a:1"]');
  await round();
  rmSync(file);
  await round();
  await round();
  source.stop();
  const missing = 'FILE: there is no such file (ENOENT); backends come when there is one';
  expect(log).toEqual([missing, 'read again', 'http://a:1', missing]);
});
