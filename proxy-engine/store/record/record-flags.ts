/** What the flags of a record say. On the request path. */
import type { LiveExchange } from '../../exchange.ts';
import { bodyCodings, hasCoding } from './body-codings.ts';
import {
  FLAG_ANSWERED,
  FLAG_CODED,
  FLAG_FAULTED,
  FLAG_MOCKED,
  FLAG_REPLAYED,
  FLAG_REQUEST_FORM,
  FLAG_RESPONSE_FORM,
} from './record-format.ts';
import type { CommonText } from './record-text.ts';

export function flagsOf(live: LiveExchange, common: CommonText, differs: boolean): number {
  let flags = (live.mocked ? FLAG_MOCKED : 0) | (differs ? FLAG_ANSWERED : 0) | bodyFlags(live, common);
  if (live.replayed) flags |= FLAG_REPLAYED;
  for (const { fault } of live.attempts) if (fault !== null) flags |= FLAG_FAULTED;
  return flags;
}

function bodyFlags(
  { request, answered, requestSizeBytes, responseSizeBytes }: LiveExchange,
  common: CommonText,
): number {
  let flags = 0;
  if (requestSizeBytes > 0) {
    const said = bodyCodings(request.headers.get('content-type') ?? '');
    flags |= (hasCoding(request.headers, said) ? FLAG_CODED : 0) | (said.isForm ? FLAG_REQUEST_FORM : 0);
  }
  if (responseSizeBytes > 0 && answered !== null) {
    const said = common.answer;
    flags |= (hasCoding(answered.headers, said) ? FLAG_CODED : 0) | (said.isForm ? FLAG_RESPONSE_FORM : 0);
  }
  return flags;
}
