import type { Socket } from 'node:net';

type Written = (error?: Error | null) => void;

/**
 * A backend that answers and closes without having read the request resets what is still being said to it (RFC 9112 §9.6).
 * Its answer has come by then, but node:net closes a socket at the first write that fails, with all that was not read.
 * While `wanted`, such a write stays open instead: reading goes on to the end, which the reset has set.
 * Answers whether an error of a write is one of those.
 */
export function readOnAfterReset(socket: Socket, wanted: () => boolean): (error: Error) => boolean {
  const { _write: write, _writev: writev } = socket;
  let written: Written = () => {};
  const tolerates = (error: NodeJS.ErrnoException) => isReset(error) && wanted();
  const done: Written = (error) => {
    if (!error || !tolerates(error)) written(error);
  };
  socket._write = (chunk, encoding, callback) => {
    written = callback;
    write.call(socket, chunk, encoding, done);
  };
  socket._writev = (chunks, callback) => {
    written = callback;
    writev?.call(socket, chunks, done);
  };
  return tolerates;
}

function isReset({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'ECONNRESET';
}
