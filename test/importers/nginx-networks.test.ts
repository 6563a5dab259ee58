/** Networks of `allow` and `deny` hold for the addresses that are in them, and for no other. */
import { BlockList, isIPv6 } from 'node:net';
import { expect, it } from 'vitest';
import { importConfig } from '../../proxy-engine/importers/import.ts';
import { compileExpression } from '../../proxy-engine/match/compile.ts';
import { subject } from '../match/subjects.ts';

function deniedIn(network: string): (clientIp: string) => boolean {
  const text = `server { listen 127.0.0.1:80; location / { deny ${network}; proxy_pass http://127.0.0.1:1; } }`;
  const { part } = importConfig(text, { format: 'nginx' });
  const { match = '' } = part.routes.find(({ respond }) => respond?.status === 403) ?? {};
  const compiled = compileExpression(match, 'request');
  if (!compiled.ok) throw new Error(compiled.issues[0]?.message);
  return (clientIp) => compiled.holds(subject({ clientIp }));
}

const WRITTEN = ['173.245.48.0', '198.41.128.77', '10.0.0.9', '223.7.99.250'];
const SIZES = [1, 2, 5, 7, 8, 9, 12, 13, 15, 16, 17, 20, 23, 24, 25, 29, 30, 31, 32];
const SHORT = WRITTEN.flatMap((address) => SIZES.map((size) => [address, size] as const));
const LONG = [
  ...['2400:cb00::/32', '2a06:98c0::/29', 'fc00::/7', 'fe80::/10', '2001:db8:5:7abc::/62', '2c0f:f248::/16'],
  '3deb:ba5d:2:b0f2:ec65:1:a439:c6a3/121',
].map((network) => [network.split('/')[0] ?? '', Number(network.split('/')[1])] as const);

it.each([...SHORT, ...LONG])('%s/%i', (address, size) => {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const inside = new BlockList();
  inside.addSubnet(address, size, family);
  const denied = deniedIn(`${address}/${size}`);
  const others = family === 'ipv4' ? shortBeside(address) : longBeside(address);
  expect(others.filter(denied)).toEqual(others.filter((other) => inside.check(other, family)));
  expect(denied(address)).toBe(true);
});

/** Each of its parts with every other value. */
function shortBeside(address: string): string[] {
  const parts = address.split('.');
  return parts.flatMap((_, at) => Array.from({ length: 256 }, (__, i) => parts.with(at, String(i)).join('.')));
}

/** Each of its bits turned round. */
function longBeside(address: string): string[] {
  const [before = '', after = ''] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const parts = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
  return parts.flatMap((part, at) =>
    Array.from({ length: 16 }, (_, bit) => {
      const turned = (Number.parseInt(part, 16) ^ (1 << bit)).toString(16);
      return new URL(`http://[${parts.with(at, turned).join(':')}]`).hostname.slice(1, -1);
    }),
  );
}
