/** Does what `body` actions ask for, once the body is there: decode, edit, and correct the headers that told of the old one. */
import { readFile, stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import { charsetIn, isUtf8, withCharset } from '../contract/charset.ts';
import type { Headers } from '../http/headers.ts';
import { findElsewhere, MIN_CHARACTERS } from './body-search.ts';
import { decodeBody } from './content-coding.ts';
import type { BodyEdit } from './effects.ts';
import { parseExactly } from './exact-json.ts';
import { applyPatch, PatchError } from './json-patch.ts';

/** Bodies longer than this, encoded or decoded, are left alone and the exchange is marked. */
export const MAX_EDITED_BYTES = 10 * 1024 ** 2;

export interface EditedBody {
  body: Uint8Array;
  /** Why the body was left alone; its headers are too. null: it was edited. */
  problem: string | null;
}

/** Whether the edits need the original body; if not, it may be dropped as it comes. */
export function needsOriginal(edits: readonly BodyEdit[]): boolean {
  const [first] = edits;
  return first !== undefined && first.kind !== 'set' && first.kind !== 'file';
}

/** Edits `body` and corrects `headers` (a copy that may be changed). All edits or none. */
export async function editBody(edits: readonly BodyEdit[], body: Uint8Array, headers: Headers): Promise<EditedBody> {
  const result = await applyAll(edits, body, headers);
  if (typeof result === 'string') return { body, problem: result };
  correctHeaders(headers, result.body.length);
  if (result.isWritten) tellUtf8(headers);
  return { body: result.body, problem: null };
}

async function applyAll(
  edits: readonly BodyEdit[],
  original: Uint8Array,
  headers: Headers,
): Promise<{ body: Uint8Array; isWritten: boolean } | string> {
  let charset = charsetOf(headers);
  let isWritten = false;
  let body: Uint8Array | string = new Uint8Array();
  if (needsOriginal(edits)) {
    if (original.length > MAX_EDITED_BYTES) return `the body is longer than ${MAX_EDITED_BYTES} bytes`;
    body = await decodeBody(original, headers.getList('content-encoding'), MAX_EDITED_BYTES);
  }
  for (const edit of edits) {
    if (typeof body === 'string') return body;
    const before: Uint8Array = body;
    body = await applyOne(edit, before, charset);
    if (body === before || edit.kind === 'file') continue;
    isWritten = true;
    charset = 'utf-8';
  }
  if (typeof body === 'string') return body;
  if (body.length > MAX_EDITED_BYTES) return `the edited body is longer than ${MAX_EDITED_BYTES} bytes`;
  return { body, isWritten };
}

async function applyOne(edit: BodyEdit, body: Uint8Array, charset: string): Promise<Uint8Array | string> {
  switch (edit.kind) {
    case 'set':
      return Buffer.from(edit.text, 'utf8');
    case 'file':
      return readBounded(edit.path);
    case 'replace':
      return editText(body, charset, (text) => replaceIn(text, edit));
    case 'json-patch':
      return editText(body, 'utf-8', (text) => JSON.stringify(applyPatch(parseExactly(text), edit.operations)));
  }
}

async function replaceIn(text: string, edit: Extract<BodyEdit, { kind: 'replace' }>): Promise<string> {
  if (edit.source === null || text.length < MIN_CHARACTERS) return inTurns(edit.replace(text));
  const places = await findElsewhere({ source: edit.source, text });
  if (typeof places === 'string') throw new SearchError(places);
  return inTurns(edit.replaceAt(text, places));
}

class SearchError extends Error {}

/** Milliseconds of work after which other exchanges get their turn. */
const TURN_MS = 5;

async function inTurns(steps: Generator<void, string>): Promise<string> {
  let turnStart = performance.now();
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    if (performance.now() - turnStart < TURN_MS) continue;
    await setImmediate();
    turnStart = performance.now();
  }
}

async function readBounded(path: string): Promise<Uint8Array | string> {
  try {
    const { size } = await stat(path);
    return size > MAX_EDITED_BYTES ? `${path} is longer than ${MAX_EDITED_BYTES} bytes` : await readFile(path);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What was edited is in UTF-8; what was not, the same as before. */
async function editText(
  body: Uint8Array,
  charset: string,
  edit: (text: string) => string | Promise<string>,
): Promise<Uint8Array | string> {
  const decoder = decoderOf(charset);
  if (decoder === null) return `charset ${charset} is not edited`;
  try {
    const text = decoder.decode(body);
    const edited = await edit(text);
    return edited === text ? body : Buffer.from(edited, 'utf8');
  } catch (error) {
    if (error instanceof SearchError) return error.message;
    if (error instanceof PatchError) return `the patch does not apply: ${error.message}`;
    if (error instanceof SyntaxError) return `the body is not JSON: ${error.message}`;
    if (error instanceof RangeError) return 'the body is nested too deep';
    return 'the body is not text';
  }
}

/** null: nobody knows that charset. */
function decoderOf(charset: string): TextDecoder | null {
  try {
    return new TextDecoder(isUtf8(charset) ? 'utf-8' : charset, { fatal: true, ignoreBOM: true });
  } catch {
    return null;
  }
}

/** `utf-8` when the message does not say. */
function charsetOf(headers: Headers): string {
  return charsetIn(headers.get('content-type'))?.toLowerCase() ?? 'utf-8';
}

/** Whether texts of the message are in UTF-8, also where they are edited: `us-ascii` would not be true any more. */
export function saysUtf8(headers: Headers): boolean {
  return /^utf-?8$/.test(charsetOf(headers));
}

/** The body was written here, in UTF-8. `wasOther`: the one before was not, whatever its head says. */
export function tellUtf8(headers: Headers, wasOther = false): void {
  if ((wasOther && headers.has('content-type')) || !saysUtf8(headers))
    headers.set('Content-Type', withCharset(headers.get('content-type'), 'utf-8'));
}

/** Of the old body (RFC 9530, RFC 2616 §14.15); they come as trailers too. */
const DIGESTS: readonly string[] = ['content-md5', 'content-digest', 'repr-digest', 'digest'];
/** Headers that told how the old body is written (RFC 9110 §8). */
const STALE: readonly string[] = ['content-encoding', 'transfer-encoding', 'accept-ranges', ...DIGESTS];

/** Makes `headers` tell of an undecoded body of that length, and of no other. */
export function correctHeaders(headers: Headers, lengthBytes: number): void {
  forgetOriginal(headers);
  correctLength(headers, lengthBytes);
}

/** The same of no body, where the original had none either: its tag stays. */
export function correctEmptyHeaders(headers: Headers): void {
  for (const name of STALE) headers.delete(name);
  correctLength(headers, 0);
}

function correctLength(headers: Headers, lengthBytes: number): void {
  headers.delete('trailer');
  headers.set('Content-Length', String(lengthBytes));
}

/** Makes `headers` tell of an undecoded body whose length is not known. Its trailers stay announced. */
export function correctHeadersOfStream(headers: Headers): void {
  forgetOriginal(headers);
  headers.delete('content-length');
}

/** Parts of the original would not fit, and it is another byte by byte: as of nginx's `sub_filter`. */
function forgetOriginal(headers: Headers): void {
  for (const name of STALE) headers.delete(name);
  headers.rewrite('etag', (tag) => tag.replace(/^"/, 'W/"'));
}

/** The trailers of an edited body. */
export function correctTrailers(trailers: Headers | null): Headers | null {
  return trailers?.filter((name) => !DIGESTS.includes(name.toLowerCase())) ?? null;
}
