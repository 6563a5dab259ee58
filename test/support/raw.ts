/** Raw TCP on both sides of the engine: what really goes over the wire. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface RawBackend {
  port: number;
  /** Everything received, per connection. */
  received: string[];
  close(): Promise<void>;
}

/** Calls `answer` for each piece of data. */
export async function startRawBackend(answer: (socket: Socket, data: string) => void): Promise<RawBackend> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const index = received.push('') - 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received[index] += data.toString('latin1');
      answer(socket, data.toString('latin1'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Sends bytes and resolves to all that came back, when the other side closes or `until` holds. */
export function sendRaw(
  port: number,
  bytes: Buffer | string,
  until: (text: string) => boolean,
): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    const end = (closed: boolean) => {
      socket.destroy();
      resolve({ text, closed });
    };
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (until(text)) end(false);
    });
    socket.on('error', () => end(true));
    socket.on('end', () => end(true));
  });
}
