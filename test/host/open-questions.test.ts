/** Searches end when nobody waits for their answer any more. */
import { expect, test } from 'vitest';
import type { EngineHost } from '../../proxy-engine/host/engine-host.ts';
import { OpenQuestions, withViewer } from '../../proxy-engine/host/open-questions.ts';

/** Answers queries with what `tell` says, and notes who asked what. */
function hostWith(tell: (filter: string | undefined) => Promise<object> | object) {
  const asked: [viewer: string | undefined, filter: string | undefined][] = [];
  const query = async ({ viewer, filter }: { viewer?: string; filter?: string }) => {
    asked.push([viewer, filter]);
    return { rows: [], ...(await tell(filter)) };
  };
  return { host: { engine: { store: { query } } } as unknown as EngineHost, asked };
}

test('what is not answered, or not to its end, is taken the place of when its asker leaves', async () => {
  const never = new Promise<object>(() => {});
  const { host, asked } = hostWith((filter) =>
    filter === 'slow' ? never : filter === 'long' ? { searched: 0.5 } : {},
  );
  const questions = new OpenQuestions(host);
  void questions.run('exchanges.query', { viewer: 'a', filter: 'slow' });
  await questions.run('exchanges.query', { viewer: 'b', filter: 'long' });
  await questions.run('exchanges.query', { viewer: 'c', filter: 'short' });
  await questions.run('exchanges.query', { filter: 'short' });
  asked.length = 0;
  questions.leave();
  await expect
    .poll(() => asked)
    .toEqual([
      ['a', undefined],
      ['b', undefined],
    ]);
  asked.length = 0;
  questions.leave();
  expect(asked).toEqual([]);
});

test('each query of a request without a viewer has one of its own', () => {
  const viewerOf = (command: string, input: unknown) => (withViewer(command, input) as { viewer?: string }).viewer;
  const own = [viewerOf('exchanges.query', {}), viewerOf('exchanges.query', { filter: 'x' })];
  expect(new Set(own).size).toBe(2);
  expect(viewerOf('exchanges.query', { viewer: 'mine' })).toBe('mine');
  expect(withViewer('exchanges.query', undefined)).toBeUndefined();
  expect(viewerOf('state.get', {})).toBeUndefined();
});
