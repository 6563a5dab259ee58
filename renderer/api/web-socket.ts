import type { ToWindow } from '../../proxy-engine/contract/channel.ts';
import type { Connection, ConnectionHandlers } from './connection.ts';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5000;

/** Milliseconds to wait before the `failures`-th try to connect again: doubling, bounded. */
export function reconnectDelay(failures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));
}

/** The channel of `switchyard run`. The token travels as a subprotocol: browsers cannot set headers on a WebSocket. */
export function webSocketConnection(url: string, token: string): Connection {
  let socket: WebSocket | null = null;
  let failures = 0;

  function connect(handlers: ConnectionHandlers): void {
    socket = new WebSocket(url, ['switchyard', `token.${token}`]);
    socket.addEventListener('open', () => {
      failures = 0;
      handlers.onOpen();
    });
    socket.addEventListener('message', (event: MessageEvent<string>) =>
      handlers.onMessage(JSON.parse(event.data) as ToWindow),
    );
    socket.addEventListener('close', (event) => {
      socket = null;
      failures++;
      handlers.onLost(event.reason || undefined);
      setTimeout(() => connect(handlers), reconnectDelay(failures));
    });
  }

  return {
    start: connect,
    send(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
  };
}

/** `ws://127.0.0.1:4780/channel` for a page at `http://127.0.0.1:4780/`. */
export function channelUrl(page: Location): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/channel`;
}
