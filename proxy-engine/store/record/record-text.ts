/** The text that a record has in common with many (method, host, route, backend, rules that fired): made once, and kept as bytes. */
import type { ProxyError } from '../../errors.ts';
import type { LiveAttempt, LiveExchange } from '../../exchange.ts';
import type { TracedRule } from '../../rules/trace.ts';
import { type BodyCodings, bodyCodings } from './body-codings.ts';
import type { UsualTail } from './own-tail.ts';
import { NUL } from './record-format.ts';
import { tracesText } from './trace-text.ts';

/** The text of the shape of an exchange, and of its attempts. */
export interface CommonText {
  readonly bytes: Buffer;
  readonly shapeBytes: number;
  /** A number for the text of the shape that is never given to another; 0: none, few exchanges will have it. */
  readonly shape: number;
  /** What the content type of the answer says of its bytes. */
  readonly answer: BodyCodings;
  /** In which batch it was written last, and where in it. Kept by `RecordBatch`. */
  batch: object | null;
  at: number;
  /** What the last usual exchange with this text had of its own, which most have as well. Kept by `ownTail`. */
  tail: UsualTail | null;
}

interface KnownText extends CommonText {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly protocol: string;
  readonly listener: string;
  readonly route: string | undefined;
  readonly pool: string | undefined;
  readonly backend: string | undefined;
  readonly contentType: string;
  readonly clientIp: string;
  readonly traces: readonly TracedRule[] | null;
  readonly address: string;
  readonly why: string;
  readonly attemptProtocol: string;
}

/** Kept for each backend: routes, paths by rule, types of content. */
const MAX_KNOWN = 16;
const MAX_BACKENDS = 1000;

export class CommonTexts {
  readonly #byBackend = new Map<string, KnownText[]>();
  #next: number;

  /** `worker`: which of the threads that write texts for the same store this is, from 0; each has numbers of its own. */
  constructor(worker = 0) {
    this.#next = 1 + worker * 2 ** 40;
  }

  of(live: LiveExchange): CommonText {
    const contentType = live.answered?.headers.get('content-type') ?? '';
    const attempt = usualAttempt(live);
    if (attempt === null) return { ...textOf(live, contentType), shape: 0, batch: null, at: 0, tail: null };
    let known = this.#byBackend.get(attempt.backend);
    if (known === undefined) this.#byBackend.set(attempt.backend, (known = this.#room()));
    for (const text of known) if (fits(text, live, contentType, attempt)) return text;
    const made = remembering(live, contentType, attempt, this.#next++);
    if (known.length === MAX_KNOWN) known.shift();
    known.push(made);
    return made;
  }

  #room(): KnownText[] {
    if (this.#byBackend.size >= MAX_BACKENDS) this.#byBackend.clear();
    return [];
  }
}

/** The one attempt of an exchange in which nothing went wrong; null: it was otherwise. */
function usualAttempt({ attempts, error }: LiveExchange): LiveAttempt | null {
  const [attempt] = attempts;
  if (attempt === undefined || attempts.length > 1) return null;
  return error === null && attempt.error === null && attempt.fault === null ? attempt : null;
}

function fits(text: KnownText, live: LiveExchange, contentType: string, attempt: LiveAttempt): boolean {
  return (
    text.route === live.route &&
    text.pool === live.pool &&
    text.backend === live.backend &&
    text.listener === live.listener &&
    text.method === live.request.method &&
    text.contentType === contentType &&
    text.authority === live.request.authority &&
    text.why === attempt.why &&
    text.address === attempt.address &&
    text.clientIp === live.clientIp &&
    text.scheme === live.scheme &&
    text.protocol === live.protocol &&
    text.attemptProtocol === attempt.protocol &&
    sameTraces(text.traces, live.traces)
  );
}

function sameTraces(left: readonly TracedRule[] | null, right: readonly TracedRule[] | null): boolean {
  if (left === null || right === null) return left === right;
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

function remembering(live: LiveExchange, contentType: string, attempt: LiveAttempt, shape: number): KnownText {
  return {
    ...textOf(live, contentType),
    shape,
    batch: null,
    at: 0,
    tail: null,
    method: live.request.method,
    scheme: live.scheme,
    authority: live.request.authority,
    protocol: live.protocol,
    listener: live.listener,
    route: live.route,
    pool: live.pool,
    backend: live.backend,
    contentType,
    clientIp: live.clientIp,
    traces: live.traces,
    address: attempt.address,
    why: attempt.why,
    attemptProtocol: attempt.protocol,
  };
}

function textOf(live: LiveExchange, contentType: string): Pick<CommonText, 'bytes' | 'shapeBytes' | 'answer'> {
  const { request, error, traces } = live;
  const shape =
    `${request.method}\0${live.scheme}\0${request.authority}\0${live.protocol}\0${live.listener}\0` +
    `${live.route ?? ''}\0${live.pool ?? ''}\0${live.backend ?? ''}\0${contentType}\0${live.clientIp}\0` +
    `${error?.code ?? ''}\0${error?.source ?? ''}\0${traces === null ? '' : tracesText(traces)}\0`;
  const bytes = Buffer.from(shape + live.attempts.map(attemptText).join(''), 'utf8');
  return { bytes, shapeBytes: Buffer.byteLength(shape, 'utf8'), answer: bodyCodings(contentType) };
}

function attemptText({ backend, address, why, protocol, fault, error }: LiveAttempt): string {
  const failure = error === null ? '\0\0' : failureText(error);
  return `${backend}\0${address}\0${why}\0${protocol}\0${fault ?? ''}\0${failure}\0`;
}

function failureText({ code, source, message }: ProxyError): string {
  return `${code}\0${source}\0${inOnePart(message)}`;
}

export function inOnePart(text: string): string {
  return text.replaceAll(NUL, ' ');
}
