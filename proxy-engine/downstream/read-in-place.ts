import type { Socket } from 'node:net';
import { emittingReads } from '../http/read-buffers.ts';

/** Where node:net keeps the option `onread` of a socket: under symbols that it gives nobody (lib/net.js). */
interface OnReadSymbols {
  buffer: symbol;
  nextBuffer: symbol;
  callback: symbol;
}

interface Reading {
  _handle?: { useUserBuffer?(buffer: Uint8Array): void } | null;
  [key: symbol]: unknown;
}

/** undefined: no socket was looked at yet; null: this Node has none. */
let symbols: OnReadSymbols | null | undefined;

/**
 * An accepted socket reads as one does that was opened with the option `onread`: without a new buffer, which V8 has to collect, for each
 * read. node:net takes that option only for sockets that it opens, so it is set afterwards, as the constructor of `net.Socket` sets it. Who
 * listens for `data` does not see a difference. False: this Node keeps it elsewhere, and the socket goes on as it was.
 */
export function readInPlace(socket: Socket): boolean {
  const reading = socket as unknown as Reading;
  symbols ??= symbolsOf(socket);
  if (!symbols || typeof reading._handle?.useUserBuffer !== 'function') return false;
  if (reading[symbols.callback]) return true;
  const buffers = emittingReads(() => socket);
  const first = buffers.buffer();
  reading[symbols.buffer] = first;
  reading[symbols.nextBuffer] = buffers.buffer;
  reading[symbols.callback] = buffers.callback;
  reading._handle.useUserBuffer(first);
  socket.once('close', buffers.close);
  return true;
}

function symbolsOf(socket: Socket): OnReadSymbols | null {
  const all = Object.getOwnPropertySymbols(socket);
  const named = (name: string) => all.find(({ description }) => description === name);
  const [buffer, nextBuffer, callback] = [named('kBuffer'), named('kBufferGen'), named('kBufferCb')];
  return buffer && nextBuffer && callback ? { buffer, nextBuffer, callback } : null;
}
