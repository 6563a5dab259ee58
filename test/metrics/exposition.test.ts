/** What `/metrics` says of a running engine, read by the parser that Prometheus' own Python client has. */
import { execFile } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { expositionText } from '../../proxy-engine/metrics/exposition.ts';
import { send, startBackend } from '../support/backend.ts';
import { startEngine } from '../support/engine.ts';
import { CLOSED_PORT } from '../support/free-port.ts';

/** As odd as the config lets a name be. */
const ODD = 'back\\slash {é=漢} #1';

interface Family {
  name: string;
  type: string;
  help: string;
  samples: { name: string; labels: Record<string, string>; value: number }[];
}

const READ = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
print(json.dumps([
  {"name": f.name, "type": f.type, "help": f.documentation,
   "samples": [{"name": s.name, "labels": s.labels, "value": s.value} for s in f.samples]}
  for f in text_string_to_metric_families(sys.stdin.read())]))`;

function parsed(text: string): Promise<Family[]> {
  return new Promise((resolve, reject) => {
    const child = execFile('/usr/bin/python3', ['-c', READ], (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout) as Family[]);
    });
    child.stdin?.end(text);
  });
}

async function scraped(): Promise<Family[]> {
  const backend = await startBackend('a');
  onTestFinished(() => backend.close());
  const { engine, port, close } = await startEngine([], {
    pool: {
      policy: 'first',
      ejection: { consecutiveFailures: 1 },
      backends: [
        { name: ODD, url: `http://127.0.0.1:${CLOSED_PORT}` },
        { name: 'b', url: backend.url },
      ],
    },
  });
  onTestFinished(close);
  for (let i = 0; i < 5; i++) expect((await send(`127.0.0.1:${port}`)).status).toBe(200);
  return parsed(await engine.metrics());
}

test('every family has a type and a help, and a scrape tells the counters as they are', async () => {
  const families = await scraped();
  for (const { name, type, help } of families) {
    expect(name).toMatch(/^switchyard_[a-z_]+$/);
    expect(['counter', 'gauge', 'histogram']).toContain(type);
    expect(help).not.toBe('');
  }
  const value = (family: string, labels: object) =>
    families
      .flatMap(({ samples }) => samples)
      .find(
        ({ name, labels: of }) => name === family && Object.entries(labels).every(([key, text]) => of[key] === text),
      )?.value;
  const odd = { pool: 'p', backend: ODD };
  expect(value('switchyard_exchanges_total', { listener: 'gateway', route: 'all', pool: 'p', status: '2xx' })).toBe(5);
  expect(value('switchyard_retries_total', { listener: 'gateway', route: 'all', pool: 'p' })).toBe(1);
  expect(value('switchyard_backend_failures_total', { ...odd, reason: 'CONNECT_REFUSED' })).toBe(1);
  expect(value('switchyard_backend_ejections_total', odd)).toBe(1);
  expect(value('switchyard_backend_available', odd)).toBe(0);
  expect(value('switchyard_backend_requests_total', { pool: 'p', backend: 'b' })).toBe(5);
});

test('buckets of histograms never shrink, and the last one is the count', async () => {
  const histograms = (await scraped()).filter(({ type }) => type === 'histogram');
  expect(histograms.map(({ name }) => name)).toEqual([
    'switchyard_exchange_duration_seconds',
    'switchyard_backend_attempt_duration_seconds',
  ]);
  for (const { name, samples } of histograms) {
    let before = 0;
    for (const { name: of, labels, value } of samples) {
      if (of !== `${name}_bucket`) continue;
      expect(value).toBeGreaterThanOrEqual(before);
      before = labels.le === '+Inf' ? 0 : value;
      const { le: _le, ...rest } = labels;
      const count = samples.find((sample) => sample.name === `${name}_count` && isSame(sample.labels, rest));
      if (labels.le === '+Inf') expect(count?.value).toBe(value);
    }
  }
});

function isSame(a: Record<string, string>, b: Record<string, string>): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, text]) => b[key] === text);
}

test('line breaks, quotes and backslashes are escaped', () => {
  const samples = [{ labels: { name: 'a"b\\c\nd' }, value: 1 }];
  expect(expositionText([{ name: 'odd', type: 'gauge', help: 'first\nsecond\\', samples }])).toBe(
    '# HELP switchyard_odd first\\nsecond\\\\\n# TYPE switchyard_odd gauge\nswitchyard_odd{name="a\\"b\\\\c\\nd"} 1\n',
  );
});
