/** Requests as they are written, and answers as they are read: Node's client would not send some, and puts others right. */
import { connect } from 'node:net';

export interface Sent {
  /** Or a whole URL, as to a forward proxy. */
  path: string;
  method: string;
  headers: Record<string, string | string[]>;
  /** Its length is added, unless `headers` say how it is framed. */
  body?: string;
  version?: '1.0' | '1.1';
}

export interface WireReply {
  status: number;
  /** By name in lower case; several lines of one are joined by commas. */
  headers: Record<string, string>;
  text: string;
}

const LONGEST_WAIT_MS = 30_000;

/** One request on a connection of its own, to which the answer ends; rejects when no whole head comes back. */
export function exchange(host: string, port: number, sent: Sent): Promise<WireReply> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    let bytes = '';
    let failure = new Error('no answer');
    socket.setTimeout(LONGEST_WAIT_MS, () => socket.destroy(new Error('no end')));
    socket.on('data', (data) => {
      bytes += data.toString('latin1');
      if (isWhole(bytes, sent.method)) socket.end();
    });
    // Who answers before the whole request has come may reset the connection then.
    socket.once('error', (error) => (failure = error));
    socket.once('close', () => {
      const reply = readReply(bytes);
      if (reply) resolve(reply);
      else reject(failure);
    });
    socket.write(textOf(sent), 'latin1');
  });
}

function textOf({ method, path, headers, body = '', version = '1.1' }: Sent): string {
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}: ${value}\r\n`),
  );
  const length = body === '' || 'transfer-encoding' in headers ? '' : `Content-Length: ${body.length}\r\n`;
  const close = 'connection' in headers ? '' : 'Connection: close\r\n';
  return `${method} ${path} HTTP/${version}\r\n${lines.join('')}${length}${close}\r\n${body}`;
}

/** Whether nothing follows, though the connection stays open: of a request that wanted to speak something else. */
function isWhole(bytes: string, method: string): boolean {
  const reply = readReply(bytes);
  if (reply === null) return false;
  const { status, headers, text } = reply;
  if (method === 'HEAD' || status === 101 || status === 204 || status === 304) return true;
  if (isChunked(headers)) return bytes.endsWith('\r\n0\r\n\r\n');
  return headers['content-length'] !== undefined && text.length >= Number(headers['content-length']);
}

function readReply(bytes: string): WireReply | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [start = '', ...lines] = bytes.slice(0, end).split('\r\n');
  const rest = bytes.slice(end + 4);
  const status = Number(start.split(' ')[1]);
  if (status < 200 && status !== 101) return readReply(rest);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const at = line.indexOf(':');
    const [name, value] = [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return { status, headers, text: isChunked(headers) ? joined(rest) : rest };
}

function isChunked(headers: WireReply['headers']): boolean {
  return (headers['transfer-encoding'] ?? '').endsWith('chunked');
}

function joined(chunks: string): string {
  let [text, at] = ['', 0];
  for (;;) {
    const end = chunks.indexOf('\r\n', at);
    const size = Number.parseInt(chunks.slice(at, end), 16);
    if (end < 0 || !(size > 0)) return text;
    text += chunks.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}
