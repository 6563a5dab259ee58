import { expect, it } from 'vitest';
import { readConfig } from '../../../proxy-engine/host/config-file.ts';
import { ImportReadings } from '../../../proxy-engine/host/importing/import-readings.ts';
import { type ImportJob, importJob } from '../../../proxy-engine/host/importing/read-import.ts';

const INTO = readConfig({ text: "version: 1\npools: { p: { backends: [{ url: 'http://a' }] } }\n", baseDir: '/' });

function job(text: string): () => ImportJob {
  return () => importJob(INTO, text, undefined);
}

const SITE = 'server { listen 8080; location / { return 200; } }';

it('answers with what a file makes of the document, or why it is none', async () => {
  const readings = new ImportReadings();
  expect(await readings.read(job(SITE))).toMatchObject({
    result: { format: 'nginx', adds: 5, issues: [], document: INTO.text, merged: expect.stringContaining('p:') },
  });
  expect(await readings.read(job('hello'))).toEqual({ unreadable: expect.stringContaining('none of charles') });
});

it('tells what would be wrong with the document', async () => {
  const into = { ...INTO, text: 'version: 1\npools: { p: { backends: 3 } }\n' };
  const outcome = await new ImportReadings().read(() => importJob(into, SITE, undefined));
  expect(outcome).toMatchObject({ result: { issues: [{ path: 'pools.p.backends' }] } });
});

it('others have their turn while it reads', async () => {
  let turns = 0;
  let isReading = true;
  const turn = (): void => {
    turns += 1;
    if (isReading) setTimeout(turn, 1);
  };
  turn();
  const locations = Array.from({ length: 100 }, (_, i) => `location /${i} { return 200; }`).join('\n');
  await new ImportReadings().read(job(`server { listen 8080; ${locations} }`));
  isReading = false;
  expect(turns).toBeGreaterThan(5);
});

it('who asks again ends the earlier readings, and nobody else does', async () => {
  const readings = new ImportReadings();
  const ask = (asker?: string) => readings.read(job(SITE), asker);
  const [first, second, other, nameless, last] = await Promise.allSettled([
    ask('a'),
    ask('a'),
    ask('b'),
    ask(),
    ask('a'),
  ]);
  for (const ended of [first, second]) expect(ended).toMatchObject({ reason: { code: 'CONFLICT' } });
  for (const read of [other, nameless, last]) expect(read).toMatchObject({ value: { result: { format: 'nginx' } } });
});
