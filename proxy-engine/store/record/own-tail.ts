/** The text of a record that is its own, behind its target: of most exchanges the same as of the one before. */
import type { ClientTls } from '../../contract/exchange.ts';
import type { LiveAttempt, LiveExchange } from '../../exchange.ts';
import type { Headers } from '../../http/headers.ts';
import type { ResponseHead } from '../../http/message.ts';
import { AS_RECEIVED, NUL, UNIT } from './record-format.ts';
import { type CommonText, inOnePart } from './record-text.ts';
import { snapshotsText, valuesText } from './trace-text.ts';

export interface UsualTail {
  readonly bytes: Uint8Array;
  /** null: the client got the head of the backend. */
  readonly reason: string | null;
  /** What rules wrote behind the lines of the backend's answer. */
  readonly added: readonly string[];
}

/** What is its own, behind its target, as text or in UTF-8; the store thread adds the messages of its WebSocket. */
export function ownTail(live: LiveExchange, common: CommonText): string | Uint8Array {
  const { tail } = common;
  if (!isUsual(live)) return tailText(live);
  if (tail !== null && tailFits(tail, live)) return tail.bytes;
  const bytes = Buffer.from(tailText(live), 'utf8');
  common.tail = usualTail(bytes, live);
  return bytes;
}

/** Only its answer may make it another one. */
function isUsual({
  mark,
  error,
  requestTrailers,
  responseTrailers,
  tls,
  scripts,
  traceValues,
  snapshots,
  attempts,
}: LiveExchange): boolean {
  return (
    mark === null &&
    error === null &&
    requestTrailers === null &&
    responseTrailers === null &&
    tls === null &&
    scripts === null &&
    traceValues === null &&
    snapshots === null &&
    attempts.length === 1 &&
    !isDelayed(attempts[0]!)
  );
}

function usualTail(bytes: Uint8Array, live: LiveExchange): UsualTail | null {
  const { answered, response } = live;
  if (!isChanged(live)) return { bytes, reason: null, added: [] };
  if (answered === null || !onlyAdds(answered.headers, response)) return null;
  return { bytes, reason: answered.reason, added: answered.headers.flat.slice(response.headers.flat.length) };
}

function tailFits({ reason, added }: UsualTail, live: LiveExchange): boolean {
  const { answered, response } = live;
  if (!isChanged(live)) return reason === null;
  if (answered === null || answered.reason !== reason || !onlyAdds(answered.headers, response)) return false;
  const { flat } = answered.headers;
  const from = response.headers.flat.length;
  if (flat.length - from !== added.length) return false;
  for (let i = 0; i < added.length; i++) if (flat[from + i] !== added[i]) return false;
  return true;
}

/** Whether the client got another head than the backend gave. */
function isChanged({ answered, response }: LiveExchange): boolean {
  return answered !== null && answered.headers !== response?.headers;
}

function tailText(live: LiveExchange): string {
  const { answered, tls, scripts } = live;
  const changed = isChanged(live) ? `${answered!.reason}\0${answeredText(answered!.headers, live.response)}` : NUL;
  const rest = tls === null && scripts === null ? '\0\0\0' : restText(live);
  return rareText(live) + changed + rest + ownTraceText(live) + delaysText(live);
}

function restText({ tls, scripts }: LiveExchange): string {
  return `\0${tls === null ? '' : tlsText(tls)}\0\0${scripts === null ? '' : JSON.stringify(scripts)}`;
}

function ownTraceText({ traceValues, snapshots }: LiveExchange): string {
  if (traceValues === null && snapshots === null) return '\0\0';
  return `\0${traceValues === null ? '' : valuesText(traceValues)}\0${snapshots === null ? '' : snapshotsText(snapshots)}`;
}

/** Until when its attempts were kept from beginning. */
function delaysText({ attempts, startedAt }: LiveExchange): string {
  if (!attempts.some(isDelayed)) return '';
  return `\0${attempts.map((attempt) => (isDelayed(attempt) ? attempt.delayedUntil - startedAt : -1)).join(UNIT)}`;
}

function isDelayed({ delayedUntil }: LiveAttempt): boolean {
  return delayedUntil >= 0;
}

/** Mark, error and trailers, which most have not. */
function rareText({ mark, error, requestTrailers, responseTrailers }: LiveExchange): string {
  if (mark === null && error === null && requestTrailers === null && responseTrailers === null) return '\0\0\0\0\0\0';
  const trailers = (of: Headers | null) => (of === null ? '' : of.flat.join(UNIT));
  return (
    `\0${mark?.color ?? ''}\0${inOnePart(mark?.note ?? '')}\0${inOnePart(error?.message ?? '')}\0` +
    `${trailers(requestTrailers)}\0${trailers(responseTrailers)}\0`
  );
}

/** Most rules only add lines: then those that were received, which are recorded anyway, are not written twice. */
function answeredText(headers: Headers, received: ResponseHead | null): string {
  const { flat } = headers;
  if (!onlyAdds(headers, received)) return flat.join(UNIT);
  let text = AS_RECEIVED;
  for (let i = received.headers.flat.length; i < flat.length; i++) text += UNIT + flat[i]!;
  return text;
}

function onlyAdds({ flat }: Headers, received: ResponseHead | null): received is ResponseHead {
  return received !== null && received.raw.length > 0 && startsWith(flat, received.headers.flat);
}

function startsWith(flat: readonly string[], start: readonly string[]): boolean {
  if (flat.length < start.length) return false;
  for (let i = 0; i < start.length; i++) if (flat[i] !== start[i]) return false;
  return true;
}

/** One object per connection. */
const tlsTexts = new WeakMap<ClientTls, string>();

function tlsText(tls: ClientTls): string {
  let known = tlsTexts.get(tls);
  if (known === undefined) {
    known = JSON.stringify(tls);
    tlsTexts.set(tls, known);
  }
  return known;
}
