import { describe, expect, test } from 'vitest';
import { nextShown } from '../../../renderer/ui/row-turns.ts';

const always = (): boolean => true;

describe('nextShown', () => {
  test('what is shown stays, whatever the limit', () => {
    expect(nextShown([4, 5, 6], [4, 5, 6], always, 0)).toEqual([4, 5, 6]);
  });

  test('of those that come, the ones in the middle are first', () => {
    expect(nextShown([1, 2, 3, 4, 5], [11, 12, 13, 14, 15], always, 3)).toEqual([null, 12, 13, 14, null]);
  });

  test('all have come when there have been turns enough', () => {
    const wanted = [15, 11, 12, 13, 14];
    let shown: readonly (number | null)[] = [5, 1, 2, 3, 4];
    for (let turn = 0; turn < 3; turn++) shown = nextShown(shown, wanted, always, 2);
    expect(shown).toEqual(wanted);
  });

  test('a row that has not been fetched takes no turn from one that has', () => {
    expect(nextShown([1, 2, 3], [11, 12, 13], (row) => row !== 12, 2)).toEqual([11, null, 13]);
  });

  test('an empty slot shows nothing', () => {
    expect(nextShown([1, 2, 3], [11, null, 3], always, 9)).toEqual([11, null, 3]);
  });
});
