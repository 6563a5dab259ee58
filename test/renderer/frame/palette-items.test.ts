import { describe, expect, test } from 'vitest';
import { isMeant } from '../../../renderer/frame/palette-items.ts';

describe('isMeant', () => {
  const item = { value: 'x', label: 'Take api/a out (maint)', also: 'switch off', section: 'Backends', run() {} };

  test.each(['', 'take', 'API/A', 'a out', 'out api', 'off api/a', 'backends switch ', 'maint'])(
    '"%s" finds it',
    (typed) => {
      expect(isMeant(item, typed)).toBe(true);
    },
  );

  test.each(['bring', 'api/b', 'off api/b'])('"%s" does not', (typed) => {
    expect(isMeant(item, typed)).toBe(false);
  });
});
