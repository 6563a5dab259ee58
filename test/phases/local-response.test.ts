import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readFileBody } from '../../proxy-engine/phases/local-response.ts';

let directory = '';
afterEach(() => rm(directory, { recursive: true }));

/** Of a file with 8 bytes that had `sizeBytes` when its head went out. */
async function heardOf(sizeBytes: number): Promise<string[]> {
  directory = await mkdtemp(join(tmpdir(), 'local-response-'));
  const path = join(directory, 'a.txt');
  await writeFile(path, '12345678');
  const file = await open(path);
  const heard: string[] = [];
  await new Promise<void>((resolve) => {
    readFileBody(
      { file, sizeBytes, contentType: 'text/plain' },
      {
        onResponseBody: (chunk) => heard.push(chunk.toString()),
        onResponseTurnEnd: () => {},
        onResponseEnd: () => resolve(void heard.push('end')),
        onBodyBroken: ({ message }) => resolve(void heard.push(message)),
      },
    );
  });
  return heard;
}

test.each([
  [8, ['12345678', 'end']],
  [5, ['12345', 'end']],
  [20, ['12345678', 'map local: the file lost 12 of its 20 bytes while it was read']],
])('a file that had %d bytes: %j', async (sizeBytes, expected) => {
  expect(await heardOf(sizeBytes)).toEqual(expected);
});
