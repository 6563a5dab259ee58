import type { Connection } from './connection.ts';
import type { Desktop, EngineProcessStatus } from './desktop.ts';
import { messagePortConnection } from './message-port.ts';
import { takeToken } from './token.ts';
import { channelUrl, webSocketConnection } from './web-socket.ts';

/** The way to the engine from this window: its port, the WebSocket the desktop names, or the one of the page's own host. */
export function desktopOrWebConnection(page: Window): Connection {
  const { desktop } = page;
  if (desktop?.channel)
    return withProcessStatus(desktop, webSocketConnection(desktop.channel.url, desktop.channel.token));
  if (desktop) return messagePortConnection(desktop);
  const token = takeToken(page.location, page.sessionStorage, (url) => page.history.replaceState(null, '', url));
  return webSocketConnection(channelUrl(page.location), token);
}

/** The socket says that the engine is gone; the desktop knows why, and whether it comes back. */
function withProcessStatus(desktop: Desktop, connection: Connection): Connection {
  let status: EngineProcessStatus = { state: 'running' };
  return {
    ...connection,
    start(handlers) {
      const lost = (reason?: string): void =>
        status.state === 'running'
          ? handlers.onLost(reason)
          : handlers.onLost(status.reason, status.state === 'stopped');
      connection.start({ ...handlers, onLost: lost });
      desktop.onEngineStatus((now) => {
        status = now;
        if (now.state !== 'running') lost();
      });
    },
  };
}
