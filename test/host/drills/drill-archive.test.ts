import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { DrillReport } from '../../../proxy-engine/contract/drill.ts';
import { DrillArchive } from '../../../proxy-engine/host/drills/drill-archive.ts';

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'drill-archive-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

const idOf = (n: number): string => `2026-11-30-${String(n).padStart(3, '0')}`;

async function addAll(archive: DrillArchive, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await archive.add({ id: idOf(n), seconds: [] } as unknown as DrillReport);
}

const idsIn = async (archive: DrillArchive) => (await archive.list()).map(({ id }) => id);

test('the newest report comes first, and is there for the next process', async () => {
  const directory = newDirectory();
  const archive = new DrillArchive(directory);
  await addAll(archive, 3);
  for (const each of [archive, new DrillArchive(directory)]) {
    expect(await idsIn(each)).toEqual([3, 2, 1].map(idOf));
    expect(await each.get(idOf(2))).toMatchObject({ id: idOf(2) });
  }
});

test('of more than fifty reports the oldest go, with their files', async () => {
  const directory = newDirectory();
  const archive = new DrillArchive(directory);
  await addAll(archive, 52);
  expect([(await idsIn(archive)).length, await archive.get(idOf(2))]).toEqual([50, undefined]);
  expect(readdirSync(directory).toSorted()).toEqual(Array.from({ length: 50 }, (_, n) => `${idOf(n + 3)}.json`));
});

test('what is no report is left alone', async () => {
  const directory = newDirectory();
  for (const [name, text] of Object.entries({ 'cut.json': '{"id": "cut", "sec', 'other.json': '[]', 'note.txt': 'x' }))
    writeFileSync(join(directory, name), text);
  expect(await idsIn(new DrillArchive(directory))).toEqual([]);
  expect(readdirSync(directory)).toHaveLength(3);
});

test('without a directory reports are kept in memory', async () => {
  const archive = new DrillArchive(null);
  await addAll(archive, 51);
  expect((await idsIn(archive)).length).toBe(50);
});
