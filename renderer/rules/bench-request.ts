import type { Exchange } from '../../proxy-engine/contract/exchange.ts';
import { exchangeUrl } from '../format/exchange-url.ts';
import type { BenchRequest } from '../store/ui-store.ts';
import { headerTexts, shownLines } from '../traffic/heads.ts';

/** A recorded exchange as the test bench tries it: as it came in, with the answer as its backend gave it. */
export function benchRequestOf(exchange: Exchange): BenchRequest {
  const { method, request } = exchange;
  const response = exchange.received ?? exchange.response;
  return {
    method,
    url: exchangeUrl(exchange),
    headers: headerTexts(request.headers).join('\n'),
    ...(response && { response: { status: response.status, headers: shownLines(response.headers) } }),
  };
}
