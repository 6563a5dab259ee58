import { expect, test } from 'vitest';
import type { SentAnswer } from '../../../proxy-engine/contract/sending.ts';
import { distributionOf, failedCount, latenciesOf } from '../../../renderer/compose/distribution.ts';

let id = 0;

function answer(backend: string | undefined, status: number | undefined, durationMs: number): SentAnswer {
  const error = status === undefined ? { code: 'RESET', source: 'backend', message: 'reset' } : undefined;
  return { id: ++id, pool: 'p', backend, status, durationMs, sizeBytes: 1, error } as SentAnswer;
}

test('by backend, the most first, with what they answered and how fast', () => {
  const answers = [
    answer('b', 200, 5),
    answer('a', 200, 3),
    answer('a', 503, 9),
    answer('a', 200, 1),
    answer(undefined, undefined, 2),
  ];
  expect(distributionOf(answers)).toEqual([
    {
      pool: 'p',
      backend: 'a',
      count: 3,
      outcomes: [
        { outcome: '200', count: 2, failed: false },
        { outcome: '503', count: 1, failed: true },
      ],
      minMs: 1,
      medianMs: 3,
      maxMs: 9,
    },
    expect.objectContaining({ backend: undefined, outcomes: [{ outcome: 'RESET', count: 1, failed: true }] }),
    expect.objectContaining({ backend: 'b', count: 1, minMs: 5, medianMs: 5, maxMs: 5 }),
  ]);
  expect(failedCount(answers)).toBe(2);
});

test.each([
  [[], [0, 0, 0]],
  [[4], [4, 4, 4]],
  [
    [4, 1],
    [1, 1, 4],
  ],
  [
    [9, 1, 5, 3],
    [1, 3, 9],
  ],
])('latencies of %j', (durations, expected) => {
  const { minMs, medianMs, maxMs } = latenciesOf(durations.map((ms) => answer('a', 200, ms)));
  expect([minMs, medianMs, maxMs]).toEqual(expected);
});
