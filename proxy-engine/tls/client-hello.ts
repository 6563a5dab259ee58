/** What a client says first in TLS (RFC 8446 §4.1.2), as far as it can be seen without opening it. Pure. */

export interface ClientHello {
  /** SNI (RFC 6066 §3), in lower case; null when the client names no host. */
  serverName: string | null;
  /** ALPN (RFC 7301). */
  alpn: string[];
  /** Ciphers in their order: tells programs apart that share an address. Random ones (RFC 8701) left out. */
  ciphers: string;
}

const RECORD_HEADER = 5;
const MAX_HELLO = 16 * 1024;
const EXTENSION = { serverName: 0, alpn: 16 } as const;

/** Reads the start of a connection; null: it is none. Call again with more bytes as long as it is `incomplete`. */
export function parseClientHello(bytes: Buffer): ClientHello | 'incomplete' | null {
  try {
    const message = handshakeMessage(bytes);
    return message === 'incomplete' || message === null ? message : readHello(message);
  } catch {
    return null; // a length that goes beyond its message
  }
}

/** The first handshake message, which may be cut into several records; without its header. */
function handshakeMessage(bytes: Buffer): Buffer | 'incomplete' | null {
  const parts: Buffer[] = [];
  for (let at = 0, got = 0; ; ) {
    if (bytes.length > at && bytes[at] !== 0x16) return null;
    if (bytes.length < at + RECORD_HEADER) return 'incomplete';
    const end = at + RECORD_HEADER + bytes.readUInt16BE(at + 3);
    const part = bytes.subarray(at + RECORD_HEADER, end);
    parts.push(part);
    got += part.length;
    if (got >= 4) {
      const message = Buffer.concat(parts);
      const length = message.readUIntBE(1, 3);
      if (message[0] !== 1 || length > MAX_HELLO) return null;
      if (got >= 4 + length) return message.subarray(4, 4 + length);
    }
    if (bytes.length < end) return 'incomplete';
    at = end;
  }
}

/** Version, random, session id, ciphers, compression, extensions. */
function readHello(message: Buffer): ClientHello {
  const reader = new Reader(message);
  reader.take(2 + 32);
  reader.vector(1);
  const ciphers = reader.vector(2);
  reader.vector(1);
  const hello: ClientHello = { serverName: null, alpn: [], ciphers: cipherList(ciphers.rest()) };
  if (reader.done) return hello;
  const extensions = reader.vector(2);
  while (!extensions.done) {
    const type = extensions.number(2);
    const data = extensions.vector(2);
    if (type === EXTENSION.serverName) hello.serverName = serverName(data);
    else if (type === EXTENSION.alpn) hello.alpn = protocols(data);
  }
  return hello;
}

function cipherList(bytes: Buffer): string {
  const names: string[] = [];
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const cipher = bytes.readUInt16BE(i);
    if ((cipher & 0x0f0f) !== 0x0a0a) names.push(cipher.toString(16));
  }
  return names.join(' ');
}

function serverName(data: Reader): string | null {
  if (data.done) return null;
  const list = data.vector(2);
  return list.number(1) === 0 ? list.vector(2).rest().toString('latin1').toLowerCase() : null;
}

function protocols(data: Reader): string[] {
  const list = data.vector(2);
  const names: string[] = [];
  while (!list.done) names.push(list.vector(1).rest().toString('latin1'));
  return names;
}

/** Throws RangeError beyond the end. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('beyond the end');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  number(size: number): number {
    return this.take(size).readUIntBE(0, size);
  }

  /** A length of `size` bytes and what it counts. */
  vector(size: number): Reader {
    return new Reader(this.take(this.number(size)));
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at);
  }
}
