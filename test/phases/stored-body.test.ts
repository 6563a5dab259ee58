import { describe, expect, it } from 'vitest';
import { StoredBody } from '../../proxy-engine/phases/stored-body.ts';

function scene(sizes: readonly number[], pausesAfterEach: boolean) {
  const said: string[] = [];
  const stored: StoredBody = new StoredBody(
    sizes.map((size) => Buffer.alloc(size)),
    null,
    {
      onBody: (piece) => void said.push(String(piece.length)),
      onTurnEnd: () => pausesAfterEach && stored.pause(),
      onEnd: () => void said.push('end'),
    },
  );
  stored.resume();
  return { said, stored };
}

describe('a stored body', () => {
  it.each([
    ['nothing', [], ['end']],
    ['an empty chunk', [0], ['end']],
    ['a short one', [5], ['5', 'end']],
    ['short ones', [5, 6], ['5', '6', 'end']],
    ['a piece to the byte', [65_536], ['65536', 'end']],
    ['a long one', [140_000, 1], ['65536', '65536', '8928', '1', 'end']],
  ])('of %s is given at once while all is taken', (_what, sizes, said) => {
    expect(scene(sizes, false).said).toEqual(said);
  });

  it('waits between pieces, and says its end with the last one', () => {
    const { said, stored } = scene([140_000], true);
    expect(said).toEqual(['65536']);
    stored.resume();
    expect(said).toEqual(['65536', '65536']);
    stored.resume();
    expect(said).toEqual(['65536', '65536', '8928', 'end']);
    stored.resume();
    expect(said).toHaveLength(4);
  });

  it('says nothing more when it is not wanted', () => {
    const { said, stored } = scene([140_000], true);
    stored.destroy();
    stored.resume();
    expect(said).toEqual(['65536']);
  });
});
