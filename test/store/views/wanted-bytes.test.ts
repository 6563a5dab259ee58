import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';
import { compilePattern, isMistake } from '../../../proxy-engine/match/pattern.ts';
import { finderIn } from '../../../proxy-engine/store/views/needle-scan.ts';
import { type Wanted, wantedBytes } from '../../../proxy-engine/store/views/wanted-bytes.ts';

function wantedOf(filter: string): Wanted | null {
  const parsed = parseExpression(filter);
  if (!parsed.ok) throw new Error(parsed.issues[0]?.message);
  return wantedBytes(parsed.expression);
}

function isIn(wanted: Wanted | null, body: string): boolean {
  const block = Buffer.from(body);
  return wanted !== null && finderIn(block, wanted.mark)(0, block.length);
}

test.each<[filter: string, kind: string | undefined]>([
  ['body *= "x"', 'bytes'],
  ['body ~ "a[0-9]+bcd"', 'bytes'],
  ['body ~ "漢字.*"', 'bytes'],
  ['body ~ "abc|def"', 'texts'],
  ['body ~i "abc"', 'texts'],
  ['body ~ "abc|[0-9]"', 'any'],
  ['body ~ "(?i)abc|def"', 'any'],
  ['body ~i "漢"', 'any'],
  ['not body *= "x"', 'bytes'],
  ['header[a] ~ "abc"', 'bytes'],
  ['header[a] ~ "[abc]"', undefined],
  ['not header[a] *= "x"', undefined],
  ['path *= "x"', undefined],
])('%s looks for %s', (filter, kind) => {
  expect(wantedOf(filter)?.mark.kind).toBe(kind);
});

test('letters that have a third form are found in all of them', () => {
  for (const body of ['mask', 'MASK', 'ma\u017fk', 'mas\u212a'])
    expect([body, isIn(wantedOf('body ~i "mask"'), body)]).toEqual([body, true]);
  expect(isIn(wantedOf('body ~i "mask"'), 'mast')).toBe(false);
});

const PIECES = [
  'a',
  'b',
  'K',
  's',
  '漢',
  '.',
  '|',
  '(',
  ')',
  '[ab]',
  '+',
  '?',
  '*',
  '{2}',
  '\\d',
  '\\.',
  '^',
  '$',
  '(?:',
];
const CHARS = ['a', 'A', 'b', 'k', 'K', '\u212a', 's', '\u017f', '漢', '.', '7', '\n'];

test('whatever a pattern matches has the bytes that are looked for', () => {
  const some = (of: string[], most: number) =>
    fc.array(fc.constantFrom(...of), { maxLength: most }).map((all) => all.join(''));
  let matched = 0;
  fc.assert(
    fc.property(some(PIECES, 6), some(CHARS, 12), fc.boolean(), (source, body, foldsCase) => {
      const pattern = compilePattern(source, foldsCase);
      if (isMistake(pattern) || body === '' || !pattern.test(body)) return;
      matched++;
      const field = { name: 'body', key: null } as const;
      const wanted = wantedBytes({
        kind: 'text',
        field,
        operator: foldsCase ? '~i' : '~',
        value: source,
        from: 0,
        to: 0,
      } as never);
      expect(isIn(wanted, body)).toBe(true);
    }),
    { numRuns: 5000, seed: 20_261_129 },
  );
  expect(matched).toBeGreaterThan(500);
});
