import { describe, expect, test } from 'vitest';
import { commandDefinitions } from '../../../renderer/commands/registry.ts';
import { SORT_FIELD } from '../../../renderer/traffic/columns.ts';
import { SORT_IDS, sortCommand } from '../../../renderer/traffic/sorts.ts';
import { sortId, sortOf } from '../../../renderer/traffic/traffic-state.ts';

describe('the orders of the list', () => {
  const fields = Object.values(SORT_FIELD).filter((field) => field !== null);

  test.each(fields)('%s is sorted by from the keyboard, both ways', (field) => {
    const orders = SORT_IDS.map(sortOf).filter((sort) => sort.field === field);
    expect(orders.map(({ order }) => order).sort()).toEqual(['asc', 'desc']);
  });

  test.each(SORT_IDS)('%s is a command, and read back', (id) => {
    expect(sortId(sortOf(id))).toBe(id);
    expect(commandDefinitions.map((command) => command.id)).toContain(sortCommand(id));
  });

  test('as they came is none of them', () => {
    expect(sortId(null)).toBeNull();
  });
});
