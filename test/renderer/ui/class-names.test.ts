import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** All pages share one document: what a second stylesheet says of a class reaches the first one's page, too. */
test('every class is laid out by one stylesheet', () => {
  const homes = new Map<string, Set<string>>();
  for (const file of globSync('renderer/**/*.css'))
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/^(\.[a-z][\w-]*)(?=,$| \{)/gm))
      homes.set(name, (homes.get(name) ?? new Set()).add(file));
  expect(homes.size).toBeGreaterThan(100);
  expect([...homes].filter(([, files]) => files.size > 1)).toEqual([]);
});
