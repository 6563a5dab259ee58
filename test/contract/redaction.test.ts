import { expect, it } from 'vitest';
import { redactLines, secretNames } from '../../proxy-engine/contract/redaction.ts';

it.each<[patterns: string[], name: string, secret: boolean]>([
  [['authorization'], 'Authorization', true],
  [['authorization'], 'proxy-authorization', false],
  [['*-authorization'], 'Proxy-Authorization', true],
  [['x-internal-*'], 'X-Internal-Key', true],
  [['x-internal-*'], 'x-internal', false],
  [['x.key'], 'x-key', false],
  [['$a^b+c|d'], '$a^b+c|d', true],
  [['*'], 'anything', true],
  [[], 'cookie', false],
])('%j and %s: %s', (patterns, name, secret) => {
  expect(secretNames(patterns)(name)).toBe(secret);
});

it('leaves the order and the spelling of headers as they are', () => {
  const lines = redactLines(
    [
      ['Cookie', 'a=1'],
      ['Accept', '*/*'],
      ['COOKIE', ''],
    ],
    secretNames(['cookie']),
  );
  expect(lines).toEqual([
    ['Cookie', '[redacted]'],
    ['Accept', '*/*'],
    ['COOKIE', '[redacted]'],
  ]);
});
