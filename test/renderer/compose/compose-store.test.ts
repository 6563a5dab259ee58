import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EngineApi } from '../../../renderer/api/engine-api.ts';
import { createComposeStore } from '../../../renderer/compose/compose-store.ts';

const begun = { sending: 1, state: 'running', total: 2, begun: 2, ended: 0, answers: [], ids: [] };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['refused', 'compose.send'],
  ['lost', 'sending.get'],
])('a sending is %s where %s fails', async (state, failing) => {
  const call = async (command: string) => {
    if (command === failing) throw new Error('gone');
    return begun;
  };
  const compose = createComposeStore({ call } as unknown as EngineApi);
  compose.setDraft({ url: 'http://a/', times: '2' });
  const run = compose.send();
  await vi.runAllTimersAsync();
  expect(await run).toMatchObject({ state, error: 'gone' });
});
