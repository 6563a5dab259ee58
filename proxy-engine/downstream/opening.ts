/** What comes first through a tunnel: TLS, HTTP in clear, or something that is only relayed. Pure. */
import { type ClientHello, parseClientHello } from '../tls/client-hello.ts';
import { protocolOf } from './first-bytes.ts';

export type Opening = { kind: 'tls'; hello: ClientHello } | { kind: 'http1' } | { kind: 'http2' } | { kind: 'other' };

const OTHER: Opening = { kind: 'other' };
/** A method and the start of a target; longer methods than this are nobody's. */
const REQUEST_START = /^[A-Z][A-Z-]{1,23} (\/|\*|https?:)/;
/** What may still become that. */
const PART_OF_START = /^[A-Z][A-Z-]{0,23}( (h|ht|htt|https?)?)?$/;
/** The commands of other protocols (IMAP, FTP, NNTP: `LIST *`) begin like that as well; what they end with is not this. */
const REQUEST_END = / HTTP\/1\.\d\r?$/;
/** A longer line that begins like a request is one. */
const MAX_LINE = 16 * 1024;

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

/** Decided by the whole request line: until its end has come it may be anything. */
function httpOpening(bytes: Buffer): Opening | null {
  const end = bytes.subarray(0, MAX_LINE).indexOf('\n');
  const line = bytes.toString('latin1', 0, end < 0 ? MAX_LINE : end);
  if (!REQUEST_START.test(line)) return end < 0 && PART_OF_START.test(line) ? null : OTHER;
  if (end < 0) return bytes.length < MAX_LINE ? null : { kind: 'http1' };
  return REQUEST_END.test(line) ? { kind: 'http1' } : OTHER;
}
