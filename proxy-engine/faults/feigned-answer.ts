/** A fault in the place of a backend: it fails or answers one attempt as a backend would, and says that it was a fault. */

import { ProxyError } from '../errors.ts';
import { Headers } from '../http/headers.ts';
import { reasonOf } from '../http/own-answer.ts';
import type { BackendEvents } from '../upstream/backend-stream.ts';
import type { FaultFailure } from './fault.ts';

/** What is left of a failure once nothing more can come of it but a timeout. */
export type PlayedFailure = Exclude<FaultFailure, { kind: 'blackhole' }>;

/** `backend`: the name of the one that is stood in for. */
export function feign(failure: PlayedFailure, backend: string, events: BackendEvents): void {
  switch (failure.kind) {
    case 'reset-connect':
      events.onFailed(new ProxyError('CONNECT_REFUSED', 'connection refused, by a fault', { byFault: true }));
      return;
    case 'reset-head':
      events.onFailed(new ProxyError('RESET', 'connection reset, by a fault', { byFault: true }));
      return;
    case 'status':
      answer(failure.status, backend, events);
  }
}

function answer(status: number, backend: string, events: BackendEvents): void {
  const body = Buffer.from(`${status}: a fault of backend ${backend} answers\n`);
  const headers = new Headers([
    'Content-Type',
    'text/plain; charset=utf-8',
    'Content-Length',
    String(body.length),
    'X-Switchyard-Fault',
    'status',
  ]);
  const raw = new Uint8Array();
  events.onHead({
    status,
    reason: reasonOf(status),
    minor: 1,
    headers,
    framing: 'length',
    contentLength: body.length,
    keepAlive: true,
    upgrade: null,
    raw,
  });
  events.onBody(body);
  events.onEnd(null);
  events.onTurnEnd();
}
