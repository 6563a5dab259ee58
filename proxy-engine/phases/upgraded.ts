/** A WebSocket or another protocol after its handshake (101): relayed as it is. Frames of WebSockets are recorded, and a close frame ends them when the engine closes. */
import type { Duplex } from 'node:stream';
import { RELAY_IDLE_NOTE, type RelayEvents, relay } from '../downstream/relay.ts';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import type { Headers } from '../http/headers.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { closeFrame } from '../websocket/close-frame.ts';
import { ExchangeTap } from '../websocket/exchange-tap.ts';
import { wrongSwitch } from '../websocket/handshake.ts';
import { type EndLimits, limitedEnd, type RelayEnd } from './paced-end.ts';

/** Why a backend's 101 is not the answer to what was asked; null: it is. */
export function switchProblem(exchange: LiveExchange, answer: Headers): string | null {
  const { switches, request, websocket, outgoing } = exchange;
  if (!switches || request.upgrade === null) return 'the backend switched protocols without being asked';
  return wrongSwitch(answer, request.upgrade, websocket ? outgoing.headers.get('sec-websocket-key') : undefined);
}

/** An endpoint is going away (RFC 6455 §7.4.1). */
const GOING_AWAY = 1001;
const GOODBYE_MS = 1000;

export interface UpgradedEvents {
  /** A fault has cut it off: the client is to see that. */
  onCut(error: ProxyError, how: 'reset' | 'close'): void;
  /** Both ends have closed. */
  onEnd(): void;
}

/** Relays until both ends have closed; the exchange shows meanwhile. `limits`: of what the client sends, and of what the backend sends. */
export function relayUpgraded(
  exchange: LiveExchange,
  ends: Record<'client' | 'backend', RelayEnd>,
  limits: Record<'up' | 'down', EndLimits>,
  context: ProxyContext,
  { onCut, onEnd }: UpgradedEvents,
): void {
  const { recorder, upgraded, onProgress } = context;
  recorder?.opened(exchange);
  onProgress();
  const extensions = exchange.response?.headers.getList('sec-websocket-extensions');
  const tap = exchange.websocket ? ExchangeTap.of(exchange.id, extensions, context) : null;
  const onBytes = counting(exchange, tap);
  const client = limitedEnd(ends.client, limits.up, context.clock);
  const backend = limitedEnd(ends.backend, limits.down, context.clock, (end, bytes, how) => {
    onCut(new ProxyError('TRUNCATED', `the stream was cut after ${bytes} bytes, by a fault`, { byFault: true }), how);
    end.destroy();
  });
  const open = { goAway: () => goAway(client.socket, backend.socket, tap) };
  upgraded.add(open);
  passRest('down', backend.rest, client.socket, onBytes);
  passRest('up', client.rest, backend.socket, onBytes);
  relay(client.socket, backend.socket, context, {
    onBytes,
    onIdle() {
      exchange.note(RELAY_IDLE_NOTE);
      open.goAway();
      closeSoon(client.socket, backend.socket, context);
    },
    onEnd() {
      upgraded.delete(open);
      onEnd();
    },
  });
}

function counting(exchange: LiveExchange, tap: ExchangeTap | null): RelayEvents['onBytes'] {
  return (direction, chunk) => {
    if (direction === 'up') exchange.requestSizeBytes += chunk.length;
    else exchange.responseSizeBytes += chunk.length;
    tap?.feed(direction, chunk);
  };
}

function passRest(direction: 'up' | 'down', rest: Buffer, to: Duplex, onBytes: RelayEvents['onBytes']): void {
  if (rest.length === 0) return;
  onBytes(direction, rest);
  to.write(rest);
}

/** Whoever does not answer the close frame within a second is closed all the same. */
function closeSoon(client: Duplex, backend: Duplex, { clock }: ProxyContext): void {
  clock.after(GOODBYE_MS, () => {
    client.destroy();
    backend.destroy();
  });
}

/** Sends a close frame to both ends, unless one is in the middle of a frame, where nothing can be said; then closes. */
function goAway(client: Duplex, backend: Duplex, tap: ExchangeTap | null): void {
  if (tap?.isBetweenFrames('down')) client.write(closeFrame(GOING_AWAY, false));
  if (tap?.isBetweenFrames('up')) backend.write(closeFrame(GOING_AWAY, true));
  client.end();
  backend.end();
}
