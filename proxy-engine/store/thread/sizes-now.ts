/** Exchanges that go on are recorded now and then; how much of them has passed is known at every moment. */
import type { CapturedBody, Exchange, ExchangeRow } from '../../contract/exchange.ts';

export type Sizes = Pick<ExchangeRow, 'requestSizeBytes' | 'responseSizeBytes'>;

/** `live`: undefined when it has ended. */
export function withSizesNow<R extends Sizes>(row: R, live: Sizes | undefined): R {
  if (!live) return row;
  return { ...row, ...sizesOf(live) };
}

/** The other threads that record. */
export interface OtherWriters {
  /** How much of those exchanges has passed; those that do not go on there are missing. */
  sizes(ids: readonly number[]): Promise<ReadonlyMap<number, Sizes>>;
  /** Resolves when what they have recorded so far is taken in. */
  recorded(): Promise<void>;
}

export function sizesOf({ requestSizeBytes, responseSizeBytes }: Sizes): Sizes {
  return { requestSizeBytes, responseSizeBytes };
}

/** `live`: undefined when it has ended. `maxBytes`: of a body that are recorded. */
export function withBodiesNow(exchange: Exchange, live: Sizes | undefined, maxBytes: number): Exchange {
  if (!live) return exchange;
  const { request, response } = exchange;
  const { requestSizeBytes, responseSizeBytes } = live;
  return {
    ...withSizesNow(exchange, live),
    request: { ...request, body: bodyNow(request.body, requestSizeBytes, maxBytes) },
    response: response && { ...response, body: bodyNow(response.body, responseSizeBytes, maxBytes) },
  };
}

/** What is kept comes a moment after what has passed: only the limit tells that something is left out. */
function bodyNow({ captured }: CapturedBody, sizeBytes: number, maxBytes: number): CapturedBody {
  return { sizeBytes, captured: Math.min(captured, sizeBytes), truncated: sizeBytes > maxBytes };
}
