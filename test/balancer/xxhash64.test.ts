import { expect, test } from 'vitest';
import { remainder, xxHash64, xxHash64Text } from '../../proxy-engine/balancer/xxhash64.ts';

function hex({ hi, lo }: { hi: number; lo: number }): string {
  return [hi, lo].map((half) => half.toString(16).padStart(8, '0')).join('');
}

// The reference implementation's answers.
test.each([
  ['', 0, 'ef46db3751d8e999'],
  ['', 1, 'd5afba1336a3be4b'],
  ['a', 0, 'd24ec4f1a98c6e5b'],
  ['as', 0, '1c330fb2d66be179'],
  ['asd', 0, '631c37ce72a97393'],
  ['asdf', 0, '415872f599cea71e'],
  ['abc', 0, '44bc2cf5ad770999'],
  ['Call me Ishmael. Some years ago--never mind how long precisely-', 0, '02a2e85470d6fd96'],
  ['Nobody inspects the spammish repetition', 0, 'fbcea83c8a378bf1'],
])('xxHash64(%j, %d) = %s', (text, seed, expected) => {
  expect(hex(xxHash64Text(text, seed))).toBe(expected);
});

test('chars are bytes', () => {
  expect(xxHash64Text('\u00ff\u0080')).toEqual(xxHash64(new Uint8Array([0xff, 0x80])));
});

test.each([7, 65_536, 65_537])('remainder by %d is that of the whole number', (divisor) => {
  for (let i = 0; i < 500; i++) {
    const hash = xxHash64Text(`key ${i}`);
    const whole = (BigInt(hash.hi) << 32n) | BigInt(hash.lo);
    expect(remainder(hash, divisor)).toBe(Number(whole % BigInt(divisor)));
  }
});
