import { expect, test } from 'vitest';
import type { Connection, ConnectionHandlers } from '../../renderer/api/connection.ts';
import { createApp } from '../../renderer/app.ts';
import { fakeEngine } from './fake-engine.ts';
import { soon } from './soon.ts';

test('the tree of hosts, and the exchange that is shown, are asked for anew when the engine is back', async () => {
  const engine = fakeEngine({ exchanges: 10 });
  let window: ConnectionHandlers | null = null;
  const start = (handlers: ConnectionHandlers): void => {
    window = handlers;
    engine.connection.start(handlers);
  };
  const connection: Connection = { ...engine.connection, start };
  const storage = { getItem: () => null, setItem() {} };
  const app = createApp({ connection, storage, languages: ['en'], mac: false, desktop: false });
  const asked = (command: string): number => engine.calls.filter((call) => call.command === command).length;
  app.tree.watch();
  app.detail.store.setState({ id: 7, exchange: null, error: 'The engine is not reachable.' });
  await soon(() => expect(asked('exchanges.tree')).toBe(1));
  engine.lose();
  if (window) engine.connection.start(window);
  await soon(() => expect([asked('exchanges.tree'), asked('exchange.get')]).toEqual([2, 1]));
  await soon(() => expect(app.detail.store.getState()).toMatchObject({ error: null }));
});
