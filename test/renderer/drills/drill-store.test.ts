import { expect, test } from 'vitest';
import type { DrillReport } from '../../../proxy-engine/contract/drill.ts';
import { CommandError, type EngineApi } from '../../../renderer/api/engine-api.ts';
import { createDrillStore } from '../../../renderer/drills/drill-store.ts';
import { createEngineStore } from '../../../renderer/store/engine-store.ts';

const running = { id: 'd1', outcome: 'running' } as DrillReport;
const storage = { getItem: () => null, setItem: () => {} };

test.each<[string, DrillReport | string, Partial<DrillReport>]>([
  ['was ended with its engine', 'NOT_FOUND', { outcome: 'broken', problem: 'The engine ended while the drill ran.' }],
  ['went on without the window', { ...running, outcome: 'passed' }, { outcome: 'passed' }],
  ['cannot be asked for', 'DISCONNECTED', { outcome: 'running' }],
])('a drill that %s', async (_how, told, expected) => {
  const engine = createEngineStore();
  const failures: unknown[] = [];
  const call = async (command: string) => {
    if (command === 'drill.list') return { runs: [] };
    if (typeof told === 'string') throw new CommandError({ code: told as 'NOT_FOUND', message: '' });
    return told;
  };
  const { store } = createDrillStore({ call } as unknown as EngineApi, engine, storage, (error) =>
    failures.push(error),
  );
  store.setState({ report: running });
  engine.setState({ generation: 2 });
  await new Promise(setImmediate);
  expect(store.getState().report).toEqual({ ...running, ...expected });
  expect(failures).toHaveLength(told === 'DISCONNECTED' ? 1 : 0);
});
