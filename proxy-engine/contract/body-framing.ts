/** Bodies that are a row of messages, each behind its length: which they are, and what their messages are written in. Pure. */

/**
 * `grpc`: five bytes before each message (gRPC over HTTP/2); `grpc-web`: the same with trailers at the end, `grpc-web-text` as base64;
 * `connect`: streams of the Connect protocol; `delimited`: protobuf, each message behind a varint.
 */
export type BodyFraming = 'grpc' | 'grpc-web' | 'grpc-web-text' | 'connect' | 'delimited';

export type MessageCodec = 'protobuf' | 'json' | 'other';

const FRAMED = /^\s*application\/(?:(grpc-web-text|grpc-web|grpc)(?:\+([\w.-]+))?|(connect)\+([\w.-]+))\s*(?:;|$)/i;
const PROTOBUF = /^\s*application\/(?:[\w.-]+[.+])?(?:x-)?(?:google-)?(?:protobuf|protobuffer|proto)\s*(?:;|$)/i;
/** `delimited=true`, or `encoding=delimited` as Prometheus writes it. */
const DELIMITED = /;\s*(?:delimited\s*=\s*"?true|encoding\s*=\s*"?delimited)\b/i;

/** null: it is one message, or no such thing. */
export function framingOf(contentType = ''): BodyFraming | null {
  const [, grpc, , connect] = FRAMED.exec(contentType) ?? [];
  if (grpc !== undefined || connect !== undefined) return (grpc ?? connect)?.toLowerCase() as BodyFraming;
  return isProtobuf(contentType) && DELIMITED.test(contentType) ? 'delimited' : null;
}

/** The header that names how single messages are compressed; null: none can be. */
export function compressionHeader(framing: BodyFraming | null): string | null {
  if (framing === null || framing === 'delimited') return null;
  return framing === 'connect' ? 'connect-content-encoding' : 'grpc-encoding';
}

/** Whether a body is of protobuf by itself: `application/x-protobuf`, `application/vnd.api+protobuf` and the like. */
export function isProtobuf(contentType = ''): boolean {
  return PROTOBUF.test(contentType) && !FRAMED.test(contentType);
}

/** Of the messages of such a body; protobuf where nothing tells it. */
export function codecOf(contentType = ''): MessageCodec {
  const [, , grpc, , connect] = FRAMED.exec(contentType) ?? [];
  const codec = (grpc ?? connect ?? 'proto').toLowerCase();
  return codec === 'proto' ? 'protobuf' : codec === 'json' ? 'json' : 'other';
}
