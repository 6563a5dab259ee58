import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certifiableHost, nameCovers } from '../../proxy-engine/tls/server-name.ts';

describe('certifiableHost', () => {
  it.each<[name: string, host: string | null]>([
    ['Example.TEST', 'example.test'],
    ['example.test.', 'example.test'],
    ['localhost', 'localhost'],
    ['a_b.example', 'a_b.example'],
    ['_dmarc.example', '_dmarc.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    [`${'a'.repeat(63)}.test`, `${'a'.repeat(63)}.test`],
    [`${'a.'.repeat(126)}b`, `${'a.'.repeat(126)}b`],
    ['', null],
    ['.', null],
    ['a..b', null],
    ['-a.test', null],
    ['a-.test', null],
    ['a b', null],
    ['a\0b', null],
    ['a/b', null],
    ['*.example', null],
    ['bücher.example', null],
    ['1.2.3', null],
    ['256.1.1.1', null],
    ['fe80::1%eth0', null],
    [`${'a'.repeat(64)}.test`, null],
    [`${'a.'.repeat(127)}b`, null],
  ])('%j → %j', (name, host) => expect(certifiableHost(name)).toBe(host));

  it('never throws and gives a name that stays itself', () => {
    const anyName = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.domain(), fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(anyName, (name) => {
        const host = certifiableHost(name);
        if (host !== null) expect(certifiableHost(host)).toBe(host);
      }),
      { seed: 20_261_129 },
    );
  });
});

it.each<[name: string, host: string, covers: boolean]>([
  ['a.test', 'a.test', true],
  ['A.test', 'a.test', true],
  ['*.a.test', 'b.a.test', true],
  ['*.a.test', 'a.test', false],
  ['*.a.test', 'c.b.a.test', false],
  ['*.1', '127.0.0.1', false],
  ['b*.a.test', 'bc.a.test', false],
])('%s covers %s: %s', (name, host, covers) => expect(nameCovers(name, host)).toBe(covers));
