import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cookieValue, formDecode, queryValue } from '../../proxy-engine/match/request-fields.ts';

describe('a parameter', () => {
  it.each([
    ['a=1&b=2', 'b', '2'],
    ['a=1&a=2', 'a', '1'],
    ['a', 'a', ''],
    ['a=b=c', 'a', 'b=c'],
    ['%61=1', 'a', '1'],
    ['a+b=1', 'a b', '1'],
    ['a+b=1', 'a+b', undefined],
    ['a%2Bb=1', 'a+b', '1'],
    ['Ã¼=Ã¤', 'ü', 'ä'],
    ['ab=1', 'a', undefined],
    ['%zz=1', '%zz', '1'],
    ['&&a=1', 'a', '1'],
    ['=1', '', '1'],
    ['', 'a', undefined],
    // Looked for anew behind each, a `=` would take minutes.
    ['&'.repeat(2 ** 20), 'a', undefined],
  ])('of %.80s: %s is %j', (query, name, value) => expect(queryValue(query, name)).toBe(value));

  it('is the first whose decoded name is that, however it is written', () => {
    const piece = fc.constantFrom('a', 'b', '=', '&', '%61', '+', '%2B', '%', 'Ã¼', '%C3%BC', '1');
    const name = fc.constantFrom('a', 'b', 'ab', 'a b', 'a+', 'ü', '', '%', '1');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), name, (pieces, wanted) => {
        const query = pieces.join('');
        const pairs = query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`));
        const found = pairs.find((pair) => formDecode(pair.slice(0, pair.indexOf('='))) === wanted);
        // Behind the last & there is no parameter.
        if (wanted === '' && query.replace(/&+$/, '') !== query) return;
        if (query === '') return;
        expect([query, queryValue(query, wanted)]).toEqual([
          query,
          found && formDecode(found.slice(found.indexOf('=') + 1)),
        ]);
      }),
      { numRuns: 5000, seed: 3 },
    );
  });
});

describe('a cookie', () => {
  it.each([
    ['a=1; b=2', 'b', '2'],
    ['a=1;b=2', 'b', '2'],
    [' a =1', 'a', '1'],
    ['\ta\t= "x y" ', 'a', 'x y'],
    ['ab=1', 'a', undefined],
    ['a=1', 'ab', undefined],
    ['a; b=2', 'a', undefined],
    ['a=b=c', 'a', 'b=c'],
    ['A=1', 'a', undefined],
    [undefined, 'a', undefined],
    [';'.repeat(2 ** 20), 'a', undefined],
  ])('of %.80s: %s is %j', (header, name, value) => expect(cookieValue(header, name)).toBe(value));
});
