import { expect, test } from 'vitest';
import { noteFailure, type RecentFailure } from '../../proxy-engine/balancer/recent-failures.ts';

test('the same reason again is counted, another one takes a place, the oldest goes', () => {
  const failures: RecentFailure[] = [];
  noteFailure(failures, 1, 'reset');
  noteFailure(failures, 2, 'reset');
  expect(failures).toEqual([{ at: 2, reason: 'reset', times: 2 }]);
  for (const [i, reason] of ['a', 'b', 'c', 'd', 'e'].entries()) noteFailure(failures, 3 + i, reason);
  expect(failures.map(({ reason }) => reason)).toEqual(['a', 'b', 'c', 'd', 'e']);
});
