import type { Connection } from './connection.ts';
import { messagePortConnection } from './message-port.ts';
import { takeToken } from './token.ts';
import { channelUrl, webSocketConnection } from './web-socket.ts';

/** The way to the engine from this window: its port, the WebSocket the desktop names, or the one of the page's own host. */
export function desktopOrWebConnection(page: Window): Connection {
  const { desktop } = page;
  if (desktop?.channel) return webSocketConnection(desktop.channel.url, desktop.channel.token);
  if (desktop) return messagePortConnection(desktop);
  const token = takeToken(page.location, page.sessionStorage, (url) => page.history.replaceState(null, '', url));
  return webSocketConnection(channelUrl(page.location), token);
}
