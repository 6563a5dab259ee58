import type { Exchange } from '../../proxy-engine/contract/exchange.ts';
import type { ListenerState } from '../../proxy-engine/contract/state.ts';
import { exchangeUrl } from '../format/exchange-url.ts';
import type { BenchRequest } from '../store/ui-store.ts';
import { headerTexts, shownLines, timingBars } from '../traffic/heads.ts';

/** A recorded exchange as the test bench tries it: as it came in, with the answer as its backend gave it. */
export function benchRequestOf(exchange: Exchange): BenchRequest {
  const { method, listener, protocol, client, request } = exchange;
  return {
    method,
    url: exchangeUrl(exchange),
    headers: headerTexts(request.headers).join('\n'),
    listener,
    protocol,
    // Other programs that recorded do not tell it.
    clientIp: client.address || undefined,
    response: answerOf(exchange),
  };
}

function answerOf(exchange: Exchange): BenchRequest['response'] {
  const { backend, attempts, error } = exchange;
  const response = exchange.received ?? exchange.response;
  if (!response) return undefined;
  // What went wrong once a head was there, rules did not know.
  const isOwn = attempts.at(-1)?.status === undefined;
  const begun = timingBars(exchange).find(({ name }) => name === 'receive');
  return {
    status: response.status,
    headers: shownLines(response.headers),
    backend,
    attempts: attempts.length,
    ttfbMs: begun?.startMs,
    error: isOwn ? error?.code : undefined,
  };
}

/** The listener at which it is tried: its own, or that of its URL, or the first. */
export function benchListener(
  { listener, url }: Pick<BenchRequest, 'listener' | 'url'>,
  listeners: readonly Pick<ListenerState, 'name' | 'address'>[],
): string | undefined {
  const own = listeners.find(({ name }) => name === listener);
  return (own ?? listeners.find(({ address }) => url.split('/')[2] === address) ?? listeners[0])?.name;
}
