import { isUsableToken, MAX_MESSAGE_BYTES, type ToEngine, type ToWindow } from '../../proxy-engine/contract/channel.ts';
import type { Connection, ConnectionHandlers, Loss } from './connection.ts';
import { CommandError } from './engine-api.ts';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5000;

/** Milliseconds to wait before the `failures`-th try to connect again: doubling, bounded. */
export function reconnectDelay(failures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));
}

interface TokenConnection extends Connection {
  giveToken(token: string): void;
}

/**
 * The channel of `switchyard run`. The token travels as a subprotocol: browsers cannot set headers on a WebSocket.
 * `isRefused` is asked when a socket did not open, as a browser does not tell why.
 */
export function webSocketConnection(
  url: string,
  token: string,
  isRefused: (token: string) => Promise<boolean> = neverRefused,
): TokenConnection {
  let socket: WebSocket | null = null;
  let handlers: ConnectionHandlers | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let given = token;
  let failures = 0;

  function connect(to: ConnectionHandlers): void {
    if (!isUsableToken(given)) return to.onLost({ state: 'refused', token: given });
    const mine = new WebSocket(url, ['switchyard', `token.${given}`]);
    let wasOpen = false;
    socket = mine;
    mine.addEventListener('open', () => {
      wasOpen = true;
      failures = 0;
      if (socket === mine) to.onOpen();
    });
    mine.addEventListener('message', (event: MessageEvent<string>) => {
      if (socket === mine) to.onMessage(JSON.parse(event.data) as ToWindow);
    });
    mine.addEventListener('close', (event) => {
      if (wasOpen) lose(mine, to, { state: 'lost', reason: event.reason || undefined });
      else void whyNotOpen(given, isRefused).then((loss) => lose(mine, to, loss));
    });
  }

  /** A socket that another one has replaced takes nothing with it. */
  function lose(lost: WebSocket, to: ConnectionHandlers, loss: Loss): void {
    if (socket !== lost) return;
    socket = null;
    failures++;
    to.onLost(loss);
    timer = setTimeout(() => connect(to), reconnectDelay(failures));
  }

  return {
    start(to) {
      handlers = to;
      connect(to);
    },
    send(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(wireText(message));
    },
    giveToken(next) {
      if (!handlers || (next === given && socket?.readyState === WebSocket.OPEN)) return;
      const before = socket;
      clearTimeout(timer);
      socket = null;
      given = next;
      failures = 0;
      if (before?.readyState === WebSocket.OPEN) handlers.onLost({ state: 'lost' });
      connect(handlers);
      before?.close();
    },
  };
}

/** Throws a `CommandError` where it is longer than the engine takes, which would close the channel, and again whenever it is asked anew. */
export function wireText(message: ToEngine): string {
  const text = JSON.stringify(message);
  if (text.length * 3 <= MAX_MESSAGE_BYTES || new Blob([text]).size <= MAX_MESSAGE_BYTES) return text;
  throw new CommandError({
    code: 'TOO_LARGE',
    message: `this is too large to be sent to the engine: at most ${MAX_MESSAGE_BYTES / 1024 ** 2} MiB`,
  });
}

const neverRefused = (): Promise<boolean> => Promise.resolve(false);

async function whyNotOpen(token: string, isRefused: (token: string) => Promise<boolean>): Promise<Loss> {
  return (await isRefused(token)) ? { state: 'refused', token } : { state: 'lost' };
}

/** Whether the engine of the page's own host is there, and does not take `token`. */
export async function isTokenRefused(token: string): Promise<boolean> {
  try {
    const answer = await fetch('/api/', { headers: { authorization: `Bearer ${token}` }, cache: 'no-store' });
    return answer.status === 401;
  } catch {
    return false;
  }
}

/** `ws://127.0.0.1:4780/channel` for a page at `http://127.0.0.1:4780/`. */
export function channelUrl(page: Location): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/channel`;
}
