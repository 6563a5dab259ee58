import { expect, test } from 'vitest';
import { colorOf, splitName } from '../../../renderer/drills/backend-names.ts';
import { backendColor } from '../../../renderer/store/backend-color.ts';
import { exampleState } from '../examples.ts';

test('a name is that of a pool and of a backend in it', () => {
  expect(splitName('api/a.test:80')).toEqual({ pool: 'api', backend: 'a.test:80' });
});

test('its colour is that of the backend', () => {
  for (const { name: pool, backends } of exampleState.pools)
    for (const { name } of backends)
      expect(colorOf(exampleState, `${pool}/${name}`)).toBe(backendColor(exampleState, pool, name));
  expect(colorOf(exampleState, 'api/nobody')).toBe('var(--faint)');
});
