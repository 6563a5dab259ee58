/** Bodies on their way from the engine into segments: in whatever pieces they come, and whatever comes between. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { configSchema } from '../../../proxy-engine/contract/config.ts';
import type { LiveExchange } from '../../../proxy-engine/exchange.ts';
import { Segments } from '../../../proxy-engine/store/disk/segments.ts';
import { DiskStore } from '../../../proxy-engine/store/disk-store.ts';
import { BatchRecorder } from '../../../proxy-engine/store/thread/batch-recorder.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { sampleExchange } from '../sample-exchanges.ts';

const { capture } = configSchema.parse({ version: 1 });
type Side = 'request' | 'response';

const closing: (() => void)[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0)) close();
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'recorder-'));
  closing.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

class Recording {
  readonly store: DiskStore;
  readonly recorder: BatchRecorder;
  readonly #lives = new Map<number, LiveExchange>();
  readonly #sent = new Map<string, Buffer[]>();

  constructor(directory: string) {
    this.store = DiskStore.open(directory, capture).store;
    closing.unshift(() => this.store.close());
    this.recorder = new BatchRecorder({
      clock: new FakeClock(),
      capture,
      recording: true,
      newestId: 0,
      worker: 0,
      send: ({ buffer, length }) => this.store.take(Buffer.from(buffer, 0, length), () => this.recorder.back(buffer)),
      onChange: () => {},
    });
    closing.unshift(() => this.recorder.stop());
  }

  live(id: number): LiveExchange {
    const known = this.#lives.get(id) ?? sampleExchange({ id, open: true });
    this.#lives.set(id, known);
    return known;
  }

  body(id: number, side: Side, length: number): void {
    const live = this.live(id);
    const sent = this.sent(id, side);
    const chunk = Buffer.alloc(length, `${id}${side}${sent.length}-`);
    if (side === 'request') live.requestSizeBytes += length;
    else live.responseSizeBytes += length;
    this.recorder.body(live, side, chunk);
    this.#sent.set(`${id}${side}`, [...sent, Buffer.from(chunk)]);
    // What it was read into is read into again.
    chunk.fill('!');
  }

  sent(id: number, side: Side): Buffer[] {
    return this.#sent.get(`${id}${side}`) ?? [];
  }

  end(id: number): void {
    const live = this.live(id);
    live.endedAt = live.startedAt + 1;
    this.recorder.record(live);
  }
}

async function bodyOf(store: DiskStore, id: number, side: Side): Promise<string> {
  const window = { id, side, decoded: false, offset: 0, length: 1_000_000 } as const;
  const data = (await store.exchanges.readBody(window))?.data ?? '';
  return Buffer.from(data, 'base64').toString();
}

const side = fc.constantFrom<Side>('request', 'response');
const length = fc.oneof(fc.integer({ min: 1, max: 900 }), fc.constantFrom(4096, 4097, 9000, 300_000));
const step = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('body'), fc.integer({ min: 1, max: 4 }), side, length) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('opened', 'flush'), fc.integer({ min: 1, max: 4 })) },
);

test('are there whole in the end', async () => {
  const steps = fc.array(step, { maxLength: 30 });
  const ends = fc.shuffledSubarray([1, 2, 3, 4], { minLength: 4 });
  await fc.assert(fc.asyncProperty(steps, ends, areWhole), { numRuns: 25, seed: 20_261_130 });
});

async function areWhole(steps: readonly (readonly unknown[])[], ends: readonly number[]): Promise<void> {
  const directory = newDirectory();
  const recording = new Recording(directory);
  for (const [what, id, ...rest] of steps as [string, number, Side, number][]) {
    if (what === 'body') recording.body(id, ...rest);
    else if (what === 'opened') recording.recorder.opened(recording.live(id));
    else recording.recorder.flush();
  }
  for (const id of ends) recording.end(id);
  recording.recorder.flush();
  await expectAll(recording, ends);
  recording.store.close();
  rmSync(join(directory, 'index.db'));
  closing.length = 0;
  const again = DiskStore.open(directory, capture);
  // Nothing lies between records that belongs to none.
  expect(again.note).toMatch(/^the index of recordings was missing; \d+ exchanges were found again$/);
  await expectAll(recording, ends, again.store);
  again.store.close();
  rmSync(directory, { recursive: true });
}

async function expectAll(recording: Recording, ids: readonly number[], store = recording.store): Promise<void> {
  for (const id of ids)
    for (const side of ['request', 'response'] as const) {
      const sent = Buffer.concat(recording.sent(id, side)).toString();
      expect([id, side, await bodyOf(store, id, side)]).toEqual([id, side, sent]);
    }
}

test('of a disk that cannot keep up: what was begun in the recording has its end there, and nothing else does', async () => {
  const recording = new Recording(newDirectory());
  recording.recorder.opened(recording.live(1));
  recording.body(2, 'response', 9000);
  recording.recorder.flush();
  const backlog = -(1024 ** 3);
  recording.recorder.taken(backlog);
  recording.recorder.opened(recording.live(3));
  for (const id of [1, 2, 3]) recording.end(id);
  recording.recorder.taken(-backlog);
  recording.recorder.flush();
  const { exchanges } = recording.store;
  expect([1, 2, 3].map((id) => exchanges.get(id)?.durationMs)).toEqual([1, 1, undefined]);
  expect([exchanges.get(3), recording.recorder.skipped]).toEqual([null, 1]);
  expect(await bodyOf(recording.store, 2, 'response')).toHaveLength(9000);
});

test('are left out where the disk takes only records', async () => {
  const recording = new Recording(newDirectory());
  const append = Segments.prototype.append;
  vi.spyOn(Segments.prototype, 'append').mockImplementation(function (this: Segments, parts) {
    if (parts.reduce((sum, part) => sum + part.length, 0) > 3000) throw new Error('ENOSPC: no space left on device');
    append.call(this, parts);
  });
  recording.body(1, 'response', 700);
  recording.end(1);
  recording.body(2, 'request', 10);
  recording.body(2, 'response', 4000);
  recording.end(2);
  recording.recorder.flush();
  const { level, exchanges, withoutBodies } = recording.store.state();
  expect({ level, exchanges, withoutBodies }).toEqual({ level: 'heads', exchanges: 2, withoutBodies: 2 });
  for (const id of [1, 2]) expect(await bodyOf(recording.store, id, 'response')).toBe('');
});
