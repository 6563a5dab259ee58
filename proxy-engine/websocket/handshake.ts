import { createHash } from 'node:crypto';
import type { Headers } from '../http/headers.ts';

/** What a server answers to a `Sec-WebSocket-Key` (RFC 6455 §4.2.2). */
export function webSocketAccept(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/**
 * What is wrong with a 101 that answers a request with `Upgrade: asked` (RFC 9110 §7.8); null: nothing. `webSocketKey`: of a
 * WebSocket, whose answer must prove that it was understood (RFC 6455 §4.1).
 */
export function wrongSwitch(answer: Headers, asked: string, webSocketKey: string | undefined): string | null {
  const upgrade = answer.getList('upgrade');
  if (upgrade === undefined) return 'the backend switched protocols and did not say to which (no Upgrade)';
  if (!listed(asked).includes(upgrade.trim().toLowerCase()))
    return `the backend switched to ${JSON.stringify(upgrade.slice(0, 40))}, asked for was ${JSON.stringify(asked)}`;
  if (webSocketKey === undefined) return null;
  if (!listed(answer.getList('connection') ?? '').includes('upgrade'))
    return 'the backend took the WebSocket without Connection: Upgrade';
  if (answer.get('sec-websocket-accept') !== webSocketAccept(webSocketKey))
    return 'the backend took the WebSocket with a wrong Sec-WebSocket-Accept';
  return null;
}

function listed(value: string): string[] {
  return value.split(',').map((entry) => entry.trim().toLowerCase());
}
