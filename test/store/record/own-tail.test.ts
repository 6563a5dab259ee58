/** What an exchange has of its own is never taken from the one before unless it is the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProxyError } from '../../../proxy-engine/errors.ts';
import { LiveAttempt, type LiveExchange } from '../../../proxy-engine/exchange.ts';
import { Headers } from '../../../proxy-engine/http/headers.ts';
import { addInterim } from '../../../proxy-engine/rules/trace.ts';
import { ownTail } from '../../../proxy-engine/store/record/own-tail.ts';
import { CommonTexts } from '../../../proxy-engine/store/record/record-text.ts';
import { type Sample, sampleExchange } from '../sample-exchanges.ts';

const changes: ((live: LiveExchange) => void)[] = [
  () => {},
  (live) => live.editResponseHeaders()?.set('x-a', '1'),
  (live) => live.editResponseHeaders()?.set('x-a', '2'),
  (live) => {
    live.editResponseHeaders()?.set('x-a', '1');
    live.editResponseHeaders()?.set('x-b', 'ü');
  },
  (live) => live.editResponseHeaders()?.set('content-length', '3'),
  (live) => void (live.answered = { status: 200, reason: 'Other', headers: live.editResponseHeaders()! }),
  (live) => void (live.answered = null),
  (live) => void (live.mark = { note: 'a note' }),
  (live) => void (live.error = new ProxyError('CONNECT_REFUSED', 'connection refused')),
  (live) => void (live.traceValues = ['a value']),
  (live) => void (live.tls = { version: 'TLSv1.3', cipher: 'a', resumed: false }),
  (live) => void (live.attempts[0]!.delayedUntil = live.startedAt + 5),
  (live) => void live.attempts.push(Object.assign(new LiveAttempt(), { delayedUntil: live.startedAt + 5 })),
  (live) => void live.attempts.splice(0),
  (live) => void (live.requestTrailers = Headers.of([['x-sum', '1']])),
  (live) => void (live.responseTrailers = Headers.of([['x-sum', '1']])),
  (live) => void (live.scripts = [{ rule: 'r', file: 'a.js', phase: 'request', durationMs: 1, console: [] }]),
  (live) => void addInterim((live.snapshots = []), 103, 'Early Hints', ['link', '</a.css>']),
];

function bytesOf(tail: string | Uint8Array): string {
  return Buffer.from(tail as string).toString('hex');
}

test('whatever came before', () => {
  const sample: Sample = { id: 1 };
  const exchange = (n: number) => {
    const live = sampleExchange(sample);
    changes[n]?.(live);
    return live;
  };
  const fresh = (live: LiveExchange) => ownTail(live, new CommonTexts().of(live));
  const some = fc.array(fc.nat(changes.length - 1), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(some, (order) => {
      const common = new CommonTexts().of(exchange(0));
      for (const n of order) {
        const live = exchange(n);
        expect([n, bytesOf(ownTail(live, common))]).toEqual([n, bytesOf(fresh(live))]);
      }
    }),
    { seed: 20_261_130 },
  );
});

test('and is made once for many that have the same', () => {
  const texts = new CommonTexts();
  const [first, second] = [changes[1], changes[1]].map((change) => {
    const live = sampleExchange({ id: 1 });
    change?.(live);
    return ownTail(live, texts.of(live));
  });
  expect(second).toBe(first);
});
