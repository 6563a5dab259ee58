/** What comes first through a tunnel: TLS, HTTP in clear, or something that is only relayed. Pure. */
import { type ClientHello, parseClientHello } from '../tls/client-hello.ts';
import { protocolOf } from './first-bytes.ts';

export type Opening = { kind: 'tls'; hello: ClientHello } | { kind: 'http1' } | { kind: 'http2' } | { kind: 'other' };

const OTHER: Opening = { kind: 'other' };
/** A method and the start of a target; longer methods than this are nobody's. */
const REQUEST_START = /^[A-Z][A-Z-]{1,23} (\/|\*|https?:)/;
const MAX_START = 32;

/** null: more bytes are needed to tell. */
export function openingOf(bytes: Buffer): Opening | null {
  switch (protocolOf(bytes)) {
    case 'incomplete':
      return null;
    case 'http2':
      return { kind: 'http2' };
    case 'socks5':
      return OTHER;
    case 'tls': {
      const hello = parseClientHello(bytes);
      if (hello === 'incomplete') return null;
      return hello === null ? OTHER : { kind: 'tls', hello };
    }
    case 'http1':
      return httpOpening(bytes);
  }
}

function httpOpening(bytes: Buffer): Opening | null {
  const start = bytes.toString('latin1', 0, MAX_START);
  if (REQUEST_START.test(start)) return { kind: 'http1' };
  return bytes.length < MAX_START && /^[A-Z][A-Z-]*( (h|ht|htt|http|https)?)?$/.test(start) ? null : OTHER;
}
