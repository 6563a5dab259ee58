import type { Socket } from 'node:net';
import { ProxyError } from '../errors.ts';
import type { ProxyHandshake } from './proxy-handshake.ts';

/**
 * Says the handshake on a socket that is connected to a proxy. `onDone(null)`: from now on it carries the bytes of the origin,
 * and is paused. Errors of the socket itself are the caller's to hear.
 */
export function enterProxy(
  socket: Socket,
  handshake: ProxyHandshake,
  onDone: (error: ProxyError | null) => void,
): void {
  const end = (error: ProxyError | null, rest?: Buffer): void => {
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.pause();
    if (rest && rest.length > 0) socket.unshift(rest);
    onDone(error);
  };
  const onData = (chunk: Buffer): void => {
    try {
      const { bytes, rest } = handshake.feed(chunk);
      if (bytes.length > 0) socket.write(bytes);
      if (rest) end(null, rest);
    } catch (error) {
      end(failure(error));
    }
  };
  const onEnd = (): void =>
    end(new ProxyError('UPSTREAM_PROXY_FAILED', 'the upstream proxy closed the connection before there was a tunnel'));
  socket.on('data', onData);
  socket.on('end', onEnd);
  try {
    socket.write(handshake.begin());
  } catch (error) {
    end(failure(error));
  }
}

function failure(error: unknown): ProxyError {
  if (error instanceof ProxyError && error.code !== 'BAD_RESPONSE') return error;
  return new ProxyError(
    'UPSTREAM_PROXY_FAILED',
    `what the upstream proxy answers is not HTTP (${(error as Error).message})`,
  );
}
