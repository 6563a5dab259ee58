/** Which body edits are made while the body passes, and how they begin: the first bytes tell whether it is one that can be edited. */
import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import type { LiveExchange } from '../exchange.ts';
import type { Headers } from '../http/headers.ts';
import { isEventStream } from '../http/media-type.ts';
import type { StreamReplacement } from '../match/stream-replacement.ts';
import { correctHeadersOfStream, MAX_EDITED_BYTES, saysUtf8 } from '../rules/body-edit.ts';
import { BodyStream } from '../rules/body-stream.ts';
import { codingsOf, createDecoder, decodeBody } from '../rules/content-coding.ts';
import type { BodyEdit, PhaseEffects } from '../rules/effects.ts';
import type { BufferedBody } from './buffered-body.ts';

/** A body that says that it is no longer than that is waited for: it goes out with its new length, which every backend takes. */
const WAITED_FOR_BYTES = 64 * 1024;

export interface StreamInput {
  exchange: LiveExchange;
  body: BufferedBody;
  /** Of the message, a copy that may be changed. */
  headers: Headers;
  /** The body may flow. */
  onWanted(): void;
}

/** Whether nothing in the phase needs the whole body. `lengthBytes`: -1: not known. */
export function mayStream({ body, scripts, breakpoint }: PhaseEffects, lengthBytes: number): boolean {
  const isLong = lengthBytes < 0 || (lengthBytes > WAITED_FOR_BYTES && lengthBytes <= MAX_EDITED_BYTES);
  return isLong && scripts.length === 0 && !breakpoint && body.every((edit) => startOf(edit) !== null);
}

/** Corrects the headers; null: the body has to be there whole; `left alone`: it cannot be edited, and the exchange says why. */
export async function openStream(
  edits: readonly BodyEdit[],
  input: StreamInput,
): Promise<BodyStream | 'left alone' | null> {
  const { exchange, body, headers } = input;
  const [coding, ...others] = codingsOf(headers.getList('content-encoding'));
  // The charset of what is edited may become another one: its head has to wait.
  if (others.length > 0 || !saysUtf8(headers)) return null;
  const first = await firstBytes(input, coding);
  const problem = first.length === 0 ? null : await problemOf(first, coding);
  // All of it is here already: it may as well say its length, unless trailers follow.
  if (body.ended && body.trailers === null) return null;
  if (problem !== null) {
    exchange.note(`body left alone: ${problem}`);
    return 'left alone';
  }
  correctHeadersOfStream(headers);
  return new BodyStream({
    decoder: coding === undefined ? null : createDecoder(coding, first),
    replacements: edits.flatMap((edit) => startOf(edit)?.() ?? []),
    // It may go on for days, a message now and then.
    maxBytes: isEventStream(headers.get('content-type')) ? Number.POSITIVE_INFINITY : MAX_EDITED_BYTES,
  });
}

function startOf(edit: BodyEdit): (() => StreamReplacement) | null {
  return edit.kind === 'replace' ? edit.stream : null;
}

/** What says that it is plain text is not waited for: its head may be all that comes for a long time. */
async function firstBytes({ body, headers, onWanted }: StreamInput, coding: string | undefined): Promise<Buffer> {
  if (coding === undefined && isDeclaredText(headers)) await setImmediate();
  else {
    const begun = body.collect(0);
    onWanted();
    await begun;
  }
  return Buffer.concat(body.chunks);
}

const TEXT = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|javascript|x-ndjson|x-www-form-urlencoded)\b)/i;

function isDeclaredText(headers: Headers): boolean {
  return TEXT.test(headers.get('content-type') ?? '');
}

/** The same words as of a body that is there whole. */
async function problemOf(first: Buffer, coding: string | undefined): Promise<string | null> {
  const decoded = await decodeBody(first, coding, MAX_EDITED_BYTES, true);
  if (typeof decoded === 'string') return decoded;
  return isText(decoded) ? null : 'the body is not text';
}

/** Its last character may not be whole. */
function isText(beginning: Uint8Array): boolean {
  return [0, 1, 2, 3].some((cut) => isUtf8(beginning.subarray(0, Math.max(0, beginning.length - cut))));
}
