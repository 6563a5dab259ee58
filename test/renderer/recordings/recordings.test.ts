import { describe, expect, it } from 'vitest';
import type { CommandInput, CommandName, CommandResult } from '../../../proxy-engine/contract/api.ts';
import type { EngineApi } from '../../../renderer/api/engine-api.ts';
import { failureChange, latencyChange, statusText } from '../../../renderer/recordings/comparison.ts';
import { openRecordingApi } from '../../../renderer/recordings/open-recording-api.ts';
import { createRecordingCalls, fileNameOf } from '../../../renderer/recordings/recording-calls.ts';

function fakeApi(answers: unknown[] = []) {
  const calls: [CommandName, unknown][] = [];
  const api: EngineApi = {
    call<C extends CommandName>(command: C, input: CommandInput<C>) {
      calls.push([command, input]);
      return Promise.resolve(answers.shift() as CommandResult<C>);
    },
  };
  return { api, calls };
}

describe('while a saved recording is open', () => {
  it('calls about exchanges go to it, others as ever', async () => {
    const { api, calls } = fakeApi();
    let opened: string | null = null;
    const captured = openRecordingApi(
      api,
      () => opened,
      () => 'only read',
    );
    await captured.call('exchange.get', { id: 1 });
    opened = 'r1';
    await captured.call('exchange.get', { id: 1 });
    await captured.call('exchange.replay', { ids: [1, 2] });
    await captured.call('state.get', {});
    await captured.call('har.export', { filter: 'sse' });
    await captured.call('har.export', { export: 3 });
    expect(calls.map(([, input]) => input)).toEqual([
      { id: 1 },
      { id: 1, recording: 'r1' },
      { ids: [1, 2], recording: 'r1' },
      {},
      { filter: 'sse', recording: 'r1' },
      { export: 3 },
    ]);
  });

  it('what would change an exchange of another recording is refused', async () => {
    const { api, calls } = fakeApi();
    const captured = openRecordingApi(
      api,
      () => 'r1',
      () => 'only read',
    );
    await expect(captured.call('exchange.mark', { ids: [1], pinned: true })).rejects.toThrow('only read');
    await expect(captured.call('exchanges.clear', {})).rejects.toThrow('only read');
    expect(calls).toEqual([]);
  });
});

describe('a recording as a file', () => {
  it('is put together from its pieces', async () => {
    const { api } = fakeApi([
      { export: 7, data: btoa('first,'), done: false, redacted: [] },
      { export: 7, data: btoa('second'), done: true, redacted: ['cookie'] },
    ]);
    const { file, redacted } = await createRecordingCalls(api).export('r', true);
    expect([await file.text(), redacted]).toEqual(['first,second', ['cookie']]);
  });

  it('is sent in pieces, the last one marked', async () => {
    const { api, calls } = fakeApi([{ import: 4 }, { import: 4 }, { import: 4, recording: {} }]);
    await createRecordingCalls(api).import(new Blob([new Uint8Array(2.5 * 1024 ** 2)]));
    expect(calls.map(([, input]) => ({ ...(input as object), data: 0 }))).toEqual([
      { data: 0, last: false },
      { import: 4, data: 0, last: false },
      { import: 4, data: 0, last: true },
    ]);
  });

  it.each([
    ['before the change', 'before the change.switchyard'],
    ['a/b\\c:d', 'a-b-c-d.switchyard'],
    ['..', 'recording.switchyard'],
    ['快取', '快取.switchyard'],
  ])('of %s is called %s', (name, file) => expect(fileNameOf({ name })).toBe(file));
});

it.each([
  [10, 12, 'same'],
  [10, 16, 'worse'],
  [200, 215, 'same'],
  [200, 100, 'better'],
])('%i ms that become %i ms are %s', (before, after, change) => expect(latencyChange(before, after)).toBe(change));

it('failures are compared by their share', () => {
  const side = (count: number, failed: number) => ({ count, failed, statuses: {}, p50Ms: 0, p95Ms: 0 });
  expect(failureChange(side(100, 1), side(1000, 10))).toBe('same');
  expect(failureChange(side(100, 1), side(100, 3))).toBe('worse');
  expect(failureChange(side(100, 1), side(100, 0))).toBe('better');
  expect(statusText({ ...side(3, 1), statuses: { '5xx': 1, '2xx': 2 } }, String)).toBe('2 × 2xx, 1 × 5xx');
});
