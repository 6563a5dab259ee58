/** The parsed start of a message. Both parsers make these, both writers take them. */
import type { Headers } from './headers.ts';

/** How long a body is (RFC 9112 §6.3). `close`: until the connection ends, responses only. */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

export interface RequestHead {
  method: string;
  /** As received, whatever its form (origin, absolute, authority, `*`). */
  target: string;
  /** HTTP/1.`minor` */
  minor: number;
  headers: Headers;
  framing: Framing;
  /** Bytes; meaningful for `length`. */
  contentLength: number;
  /** Whether the client wants the connection kept. */
  keepAlive: boolean;
  /** From the target when absolute (RFC 9112 §3.2.2), else from Host; as written, with its port. */
  authority: string;
  /** The Upgrade token, when Connection lists it. */
  upgrade: string | null;
  expectContinue: boolean;
  /** The bytes of the head, start line to empty line. */
  raw: Uint8Array;
}

export interface ResponseHead {
  status: number;
  reason: string;
  minor: number;
  headers: Headers;
  framing: Framing;
  contentLength: number;
  keepAlive: boolean;
  upgrade: string | null;
  raw: Uint8Array;
}

/** Bytes of the body as its head announces it; -1: not known. */
export function announcedLength({ framing, contentLength }: Pick<ResponseHead, 'framing' | 'contentLength'>): number {
  if (framing === 'none') return 0;
  return framing === 'length' ? contentLength : -1;
}
