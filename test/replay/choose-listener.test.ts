import { expect, test } from 'vitest';
import type { ListenerState } from '../../proxy-engine/contract/state.ts';
import { chooseListener } from '../../proxy-engine/replay/choose-listener.ts';

const gateway: ListenerState = { name: 'gateway', address: '127.0.0.1:8080', mode: 'reverse', secure: false };
const everywhere: ListenerState = { name: 'everywhere', address: '0.0.0.0:8443', mode: 'reverse', secure: true };
const proxy: ListenerState = { name: 'proxy', address: '127.0.0.1:8888', mode: 'forward', secure: false };

test.each([
  ['its address', '127.0.0.1:8080', [proxy, gateway], 'gateway'],
  ['its address by name', 'localhost:8080', [proxy, gateway], 'gateway'],
  ['all addresses of this machine', '127.0.0.1:8443', [proxy, everywhere], 'everywhere'],
  ['another port of this machine', '127.0.0.1:3001', [gateway, proxy], 'proxy'],
  ['another machine, same port', '192.0.2.1:8080', [gateway, proxy], 'proxy'],
  ['somewhere, and nothing forwards', 'api.test', [gateway, everywhere], 'gateway'],
  ['no listener', 'api.test', [], undefined],
] as const)('%s', (_name, authority, listeners, chosen) => {
  expect(chooseListener(listeners, authority, 'http')?.name).toBe(chosen);
});

test('an authority without a port has that of its scheme', () => {
  const [plain, secure] = [80, 443].map((port) => ({ ...gateway, name: `at ${port}`, address: `127.0.0.1:${port}` }));
  const listeners = [proxy, plain, secure].filter((each) => each !== undefined);
  expect(chooseListener(listeners, 'localhost', 'http')).toBe(plain);
  expect(chooseListener(listeners, 'localhost', 'https')).toBe(secure);
});
