import { expect, onTestFinished, test } from 'vitest';
import { renamedIn } from '../../../renderer/rules/follow-names.ts';
import { keepDraft, keptDrafts, renameInKeptDrafts } from '../../../renderer/rules/use-kept-draft.ts';
import { entriesIn } from '../config-parts.ts';

test('what is typed asks for a route by its new name, too', () => {
  const typed = { draft: { match: 'route = old and path = /x' }, base: { name: 'R', match: 'route = old' } };
  keepDraft('rules', 'R', typed);
  onTestFinished(() => keepDraft('rules', 'R', null));
  renameInKeptDrafts('route', 'old', 'new');
  expect(keptDrafts.getState()['rules R']).toMatchObject({
    draft: { match: 'route = new and path = /x' },
    base: { match: 'route = new' },
  });
});

const rules = (...all: string[]) => entriesIn(`rules: [${all.join(', ')}]`).rules;
const A = '{ name: A, match: path = /a }';
const B = '{ name: B }';
const C = '{ name: C }';

test.each([
  ['renamed', [A, B], ['{ name: A9, match: path = /a }', B], ['A > A9']],
  ['renamed and moved', [A, B], [B, '{ name: A9, match: path = /a }'], ['A > A9']],
  ['renamed and changed in its place', [A, B], ['{ name: A9, match: path = /b }', B], ['A > A9']],
  ['renamed, of several alike', [A, B, C], [A, '{ name: B2 }', '{ name: C2 }'], ['B > B2', 'C > C2']],
  ['deleted', [A, B], [B], []],
  ['added', [B], [B, A], []],
  ['deleted, and another one added', [A, B], [B, '{ name: N, match: path = /n }', C], []],
  ['moved', [A, B], [B, A], []],
])('an entry that was %s', (_, before, now, wanted) => {
  expect(renamedIn(rules(...before), rules(...now)).map(({ from, to }) => `${from} > ${to}`)).toEqual(wanted);
});

test('each of thousands of entries is asked for its name once or twice', () => {
  let asked = 0;
  const many = Array.from({ length: 4000 }, (_, place) => ({
    ...rules(A)[0]!,
    place,
    get name() {
      asked++;
      return `rule ${place}`;
    },
  }));
  expect(renamedIn(many, [...many])).toEqual([]);
  expect(asked).toBeLessThanOrEqual(4 * many.length);
});
