import { expect, test } from 'vitest';
import { formatFullTime, formatMoment } from '../../../renderer/format/time.ts';

const at = (text: string): number => new Date(text).getTime();
const now = at('2026-11-29T09:30:00');

test.each([
  ['2026-11-29T00:00:00.007', '00:00:00.007'],
  ['2026-11-28T14:02:07.218', '11-28 14:02:07'],
  ['2026-12-01T00:00:00', '12-01 00:00:00'],
  ['2025-11-29T09:30:00', '2025-11-29'],
])('%s is shown as %s', (text, shown) => {
  expect(formatMoment(at(text), now)).toBe(shown);
});

test('the whole of it', () => {
  expect(formatFullTime(at('2025-03-01T10:00:00.5'))).toBe('2025-03-01 10:00:00.500');
});
