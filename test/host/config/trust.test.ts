import { expect, it } from 'vitest';
import { readConfig } from '../../../proxy-engine/host/config-file.ts';

function read(listener: string) {
  return () =>
    readConfig({
      text: `version: 1\nlisteners:\n  gateway: { ${listener.startsWith('address') ? '' : "address: '127.0.0.1:0', "}${listener} }\n`,
      baseDir: '.',
    });
}

it.each<[listener: string, message: string]>([
  ['proxyProtocol: true', 'listeners.gateway.proxyProtocol: nobody would be believed'],
  ["trustedProxies: ['10.0.0.0/40']", 'listeners.gateway.trustedProxies[0]: a prefix of IPv4 goes from 0 to 32'],
  [
    'trustedProxies: [127.0.0.1, balancer.test]',
    'listeners.gateway.trustedProxies[1]: expected an address or a network',
  ],
  ["address: x, trustedProxies: ['10.0.0.0/40']", 'listeners.gateway.trustedProxies[0]: a prefix of IPv4'],
])('%s is told to be wrong', (listener, message) => {
  expect(read(listener)).toThrow(message);
});

it('takes addresses and networks', () => {
  expect(read("proxyProtocol: true, trustedProxies: [127.0.0.1, '::1', 10.0.0.0/8]")).not.toThrow();
});
