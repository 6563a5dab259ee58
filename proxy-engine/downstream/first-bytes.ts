/** Which protocol a connection speaks, by the bytes that its client sends first. Pure. */
import { SOCKS5 } from './socks.ts';

export type FirstBytes = 'incomplete' | 'tls' | 'socks5' | 'http2' | 'http1';

/** The content type of a TLS record that holds a ClientHello (RFC 8446 §5.1): no method starts with it. */
const TLS_HANDSHAKE = 0x16;
/** RFC 9113 §3.4. */
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Call again with more bytes as long as they are `incomplete`; what is nothing else is taken for HTTP/1. */
export function protocolOf(bytes: Buffer): FirstBytes {
  const [first] = bytes;
  if (first === undefined) return 'incomplete';
  if (first === TLS_HANDSHAKE) return 'tls';
  if (first === SOCKS5) return 'socks5';
  const length = Math.min(bytes.length, HTTP2_PREFACE.length);
  if (bytes.compare(HTTP2_PREFACE, 0, length, 0, length) !== 0) return 'http1';
  return length === HTTP2_PREFACE.length ? 'http2' : 'incomplete';
}
