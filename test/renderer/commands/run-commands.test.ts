import { beforeEach, expect, test, vi } from 'vitest';
import { type App, createApp } from '../../../renderer/app.ts';
import type { CommandId } from '../../../renderer/commands/registry.ts';
import { runCommand } from '../../../renderer/commands/run-commands.ts';
import { toasts } from '../../../renderer/ui/toast.tsx';
import { fakeEngine } from '../fake-engine.ts';

let app: App;
let engine: ReturnType<typeof fakeEngine>;
beforeEach(() => {
  engine = fakeEngine({ exchanges: 3 });
  const storage = { getItem: () => null, setItem() {} };
  app = createApp({ connection: engine.connection, storage, languages: ['en'], mac: false, desktop: true });
  app.ui.setState({ page: 'rules' });
});

const ON_CHOSEN: CommandId[] = [
  'traffic.mark',
  'traffic.pin',
  'traffic.replay',
  'traffic.replayInTime',
  'traffic.copyAs.curl',
  'traffic.copyAs.go',
];

test.each(ON_CHOSEN)(
  '%s without anything chosen says so, asks the engine for nothing and opens nothing later',
  (id) => {
    const said = vi.spyOn(toasts, 'add');
    const asked = engine.calls.length;
    runCommand(app, id);
    expect(said.mock.calls.map(([{ title }]) => title)).toEqual(['Choose an exchange first']);
    expect(engine.calls).toHaveLength(asked);
    expect(app.ui.getState()).toMatchObject({ page: 'rules', trafficDialog: null });
  },
);

test.each<[id: CommandId, opened: object]>([
  ['traffic.mark', { trafficDialog: 'mark' }],
  ['traffic.compare', { compare: [1, 2] }],
])('%s goes to the page that shows it', (id, opened) => {
  app.traffic.store.setState({ chosen: new Set([2, 1]) });
  runCommand(app, id);
  expect(app.ui.getState()).toMatchObject({ page: 'traffic', ...opened });
});
