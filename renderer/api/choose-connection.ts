import { type Connection, type Loss, lossOf } from './connection.ts';
import type { Desktop, EngineProcessStatus } from './desktop.ts';
import { messagePortConnection } from './message-port.ts';
import { keepToken, takeToken } from './token.ts';
import { channelUrl, isTokenRefused, webSocketConnection } from './web-socket.ts';

/** The way to the engine from this window: its port, the WebSocket the desktop names, or the one of the page's own host. */
export function desktopOrWebConnection(page: Window): Connection {
  const { desktop } = page;
  if (desktop?.channel)
    return withProcessStatus(desktop, webSocketConnection(desktop.channel.url, desktop.channel.token));
  return desktop ? messagePortConnection(desktop) : pageConnection(page);
}

/** The token is in the address, also in one that is opened in this tab later, or a person gives it. */
function pageConnection(page: Window): Connection {
  const take = (): string =>
    takeToken(page.location, page.sessionStorage, (url) => page.history.replaceState(null, '', url));
  const connection = webSocketConnection(channelUrl(page.location), take(), isTokenRefused);
  page.addEventListener('hashchange', () => connection.giveToken(take()));
  return {
    ...connection,
    giveToken(token) {
      keepToken(page.sessionStorage, token);
      connection.giveToken(token);
    },
  };
}

/** The socket says that the engine is gone; the desktop knows why, and whether it comes back. */
function withProcessStatus(desktop: Desktop, connection: Connection): Connection {
  let status: EngineProcessStatus = { state: 'running' };
  return {
    start(handlers) {
      const onLost = (loss: Loss): void => handlers.onLost(lossOf(status) ?? loss);
      connection.start({ ...handlers, onLost });
      desktop.onEngineStatus((now) => {
        status = now;
        const loss = lossOf(now);
        if (loss) handlers.onLost(loss);
      });
    },
    send: connection.send,
  };
}
