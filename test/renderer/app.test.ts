import { expect, test } from 'vitest';
import type { Connection, ConnectionHandlers } from '../../renderer/api/connection.ts';
import { createApp } from '../../renderer/app.ts';
import { fakeEngine } from './fake-engine.ts';
import { soon } from './soon.ts';

test('the tree of hosts, and an exchange that went on, are asked for anew when the engine is back', async () => {
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
  app.detail.store.setState({ id: 7, exchange: { ...(await app.exchange(7)), id: 7, durationMs: undefined } });
  await soon(() => expect(asked('exchanges.tree')).toBe(1));
  const before = asked('exchange.get');
  engine.lose();
  if (window) engine.connection.start(window);
  await soon(() => expect([asked('exchanges.tree'), asked('exchange.get') - before]).toEqual([2, 1]));
});
