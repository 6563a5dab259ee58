import type { Socket } from 'node:net';

type Written = (error?: Error | null) => void;

/**
 * A backend that answers and closes without having read the request resets what is still being said to it (RFC 9112 §9.6).
 * Its answer has come by then, but node:net closes a socket at the first write that fails, with all that was not read.
 * While `wanted`, such a write stays open instead: reading goes on to the end, which the reset has set.
 */
export function readOnAfterReset(socket: Socket, wanted: () => boolean): void {
  const { _write: write, _writev: writev } = socket;
  let written: Written = () => {};
  const done: Written = (error) => {
    if (!isReset(error) || !wanted()) written(error);
  };
  socket._write = (chunk, encoding, callback) => {
    written = callback;
    write.call(socket, chunk, encoding, done);
  };
  socket._writev = (chunks, callback) => {
    written = callback;
    writev?.call(socket, chunks, done);
  };
}

function isReset(error: NodeJS.ErrnoException | null | undefined): boolean {
  return error?.code === 'EPIPE' || error?.code === 'ECONNRESET';
}
