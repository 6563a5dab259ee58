/** Holds a message back until all of its body is here, lets rules, scripts and people work on it, and puts what they make of it in its place. */
import { isAscii, isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import type { LiveExchange } from '../exchange.ts';
import { isGrpcCall } from '../grpc/call.ts';
import type { Headers } from '../http/headers.ts';
import { isEventStream } from '../http/media-type.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { correctHeaders, editBody, MAX_EDITED_BYTES, needsOriginal, tellUtf8 } from '../rules/body-edit.ts';
import type { BodyStream } from '../rules/body-stream.ts';
import { decodeBody } from '../rules/content-coding.ts';
import { abortedByPerson, type PhaseEffects } from '../rules/effects.ts';
import type { HeldMessage, Verdict } from '../rules/verdict.ts';
import type { BufferedBody } from './buffered-body.ts';
import { mayStream, openStream } from './streamed-edit.ts';

export interface HoldInput {
  exchange: LiveExchange;
  phase: 'request' | 'response';
  body: BufferedBody;
  /** The headers of the message, which may be changed. */
  headers: Headers;
  context: ProxyContext;
  /** Bytes of the body as its head announces it; -1: not known. */
  lengthBytes: number;
  /** To HEAD, 204 and 304, as the status is now, and with a switch of protocols: there is no body, and none may be given. */
  isBodyless?(): boolean;
  /** All of the body is wanted: read on, also beyond what is kept otherwise. */
  onWanted(): void;
  /** A person is asked, and has decided: that time is not the exchange's. */
  onAsked(): void;
  onDecided(): void;
  /** The body was replaced, and the headers tell its new length. */
  onReplaced(): void;
  /** The body is to be edited by `stream` while it passes; the headers tell no length any more. */
  onStreamed(stream: BodyStream): void;
}

/** How long the end of a gRPC body is waited for: nothing else tells a call with one message from a stream. */
const GRPC_MS = 500;

const NO_BODY = Buffer.alloc(0);
const UNCHANGED: Verdict = { body: null, answer: null, abort: null };

/** Body edits, then scripts in order, then a person. The first that answers or aborts ends it. Rejects never. */
export async function holdMessage(effects: PhaseEffects, input: HoldInput): Promise<Verdict> {
  if (effects.body.length > 0) await applyEdits(effects, input);
  for (const script of effects.scripts) {
    const verdict = await judge(input, (message) => input.context.scripts.run(script, message));
    if (verdict.answer || verdict.abort) return verdict;
    input.exchange.traceHead(input.phase, `ran ${basename(script.file)}`, script.rule);
  }
  if (!effects.breakpoint || !input.context.breakpoints.hasRoom(input.exchange, input.lengthBytes)) return UNCHANGED;
  const verdict = await judge(input, (message) => askPerson(input, message));
  if (verdict.body !== null && input.isBodyless?.())
    input.exchange.note(
      'the body given at a breakpoint was left out: HEAD, 204, 205, 304 and a switch of protocols have none',
    );
  if (!verdict.answer && !verdict.abort) input.exchange.traceHead(input.phase, 'hold');
  return verdict;
}

async function askPerson({ exchange, context, onAsked, onDecided }: HoldInput, message: HeldMessage): Promise<Verdict> {
  onAsked();
  const verdict = await context.breakpoints.hold(message);
  onDecided();
  if (verdict.abort) exchange.error = abortedByPerson(verdict.abort);
  return verdict;
}

async function applyEdits(effects: PhaseEffects, input: HoldInput): Promise<void> {
  if (isPart(input)) {
    input.exchange.note('body left alone: it is a part of one');
    return;
  }
  if (mayStream(effects, input.lengthBytes)) {
    const stream = await openStream(effects.body, input);
    if (stream === 'left alone') return;
    if (stream !== null) {
      input.onStreamed(stream);
      input.exchange.traceHead(input.phase, 'frame');
      return;
    }
  }
  // What is replaced whole is not waited for: it may be long, or never end.
  const whole = needsOriginal(effects.body) ? await editableBody(input) : NO_BODY;
  if (whole === null) {
    const why = isEndless(input) ? 'a stream may never end' : `longer than ${MAX_EDITED_BYTES} bytes`;
    input.exchange.note(`body left alone: ${why}`);
    return;
  }
  const { body, problem } = await editBody(effects.body, whole, input.headers);
  if (problem !== null) {
    input.exchange.note(`body left alone: ${problem}`);
    return;
  }
  replace(input, bytesOf(body));
  input.exchange.traceHead(input.phase, 'frame');
}

/** What is put together out of parts would not fit any more (RFC 9110 §14.4, §15.3.7). */
function isPart({ phase, exchange, headers }: HoldInput): boolean {
  return phase === 'response' ? exchange.answered?.status === 206 : headers.has('content-range');
}

/** The same memory. */
function bytesOf(body: Uint8Array): Buffer {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/** null: longer than what is edited; one that announces so much is not waited for. */
function editableBody(input: HoldInput): Promise<Buffer | null> | null {
  return input.lengthBytes > MAX_EDITED_BYTES ? null : wholeBody(input);
}

/** null: longer than what is edited, or nobody knows when it ends. */
async function wholeBody(input: HoldInput): Promise<Buffer | null> {
  if (isEndless(input)) return null;
  const { body, onWanted, exchange, context } = input;
  const collected = body.collect(MAX_EDITED_BYTES);
  const stopWaiting = isGrpcCall(exchange) ? context.clock.after(GRPC_MS, () => body.callStream()) : null;
  onWanted();
  const whole = await collected;
  stopWaiting?.();
  return whole;
}

function isEndless({ headers, lengthBytes, body }: HoldInput): boolean {
  return body.isStream || (lengthBytes < 0 && isEventStream(headers.get('content-type')));
}

type Ask = (message: HeldMessage) => Promise<Verdict>;

async function judge(input: HoldInput, ask: Ask): Promise<Verdict> {
  const { exchange, phase, headers } = input;
  const raw = await wholeBody(input);
  const decoded = raw && (await decodeBody(raw, headers.getList('content-encoding'), MAX_EDITED_BYTES));
  // No copy: what is held may be long, and many.
  const body = typeof decoded === 'string' || decoded === null ? raw : bytesOf(decoded);
  const sizeBytes = (raw?.length ?? 0) + (body === raw || body?.buffer === raw?.buffer ? 0 : (body?.length ?? 0));
  const verdict = await ask({ exchange, phase, body: body ?? NO_BODY, bodyComplete: body !== null, sizeBytes });
  if (verdict.body === null || raw === null || input.isBodyless?.()) return verdict;
  correctHeaders(headers, verdict.body.length);
  if (isWritten(verdict.body)) tellUtf8(headers, body !== null && !isUtf8(body));
  replace(input, verdict.body);
  return verdict;
}

/** Whether it is text that scripts and people have written, in whatever charset it came: bytes of another charset are no UTF-8. */
function isWritten(body: Buffer): boolean {
  return isUtf8(body) && !isAscii(body);
}

function replace(input: HoldInput, body: Buffer): void {
  input.body.replace(body);
  input.onReplaced();
}
