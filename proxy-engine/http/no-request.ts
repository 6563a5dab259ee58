import type { ParsedRequest } from './head.ts';
import { Headers } from './headers.ts';

export const NO_TARGET: ParsedRequest['target'] = { authority: '', scheme: '', pathAndQuery: '' };

/** A head that nobody sent, with nothing but its first line. */
export function headOf(method: string, authority: string): ParsedRequest['head'] {
  return {
    method,
    target: authority,
    minor: 1,
    headers: new Headers(),
    framing: 'none',
    contentLength: 0,
    keepAlive: false,
    authority,
    upgrade: null,
    expectContinue: false,
    raw: new Uint8Array(),
  };
}

/** Stands where a request would, when none could be read. */
export const NO_REQUEST: ParsedRequest = { head: headOf('?', ''), target: NO_TARGET, authority: { host: '', port: 0 } };
