/** A held message as a person edits it: texts of a form, and the edits that they come to. */
import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { HeldDetail } from '../../proxy-engine/contract/breakpoint.ts';
import type { HeaderLines } from '../../proxy-engine/contract/exchange.ts';
import { withLineEnds } from '../../proxy-engine/contract/line-ends.ts';
import { badHeaderLine, headerLinesOf } from '../rules/header-lines.ts';
import { base64FromBytes, bytesFromBase64 } from '../traffic/body-bytes.ts';
import { base64OfHex, type HeldFile, hexOf } from './held-bytes.ts';

type Resume = CommandInput<'breakpoint.resume'>;
export type HeldEdits = NonNullable<Resume['edits']>;

/** What is sent on, or what the client is answered at once. */
export type HeldMode = 'continue' | 'respond';

export interface HeldDraft {
  method: string;
  target: string;
  status: string;
  /** `name: value`, one a line. */
  headers: string;
  /** null: not text, or too long. */
  body: string | null;
  /** Of a body that is not text, in hexadecimal; null: it is text, or too long for that. */
  hex: string | null;
  /** It takes the place of the body. */
  file: HeldFile | null;
}

/** The message as it is held. */
export function draftOfHeld(detail: HeldDetail): HeldDraft {
  const head = detail.response ?? detail.request;
  const body = detail.bodyComplete ? textOf(detail.body) : null;
  return {
    method: detail.request.method,
    target: detail.request.target,
    status: String(detail.response?.status ?? 200),
    headers: headersText(head.headers),
    body,
    hex: detail.bodyComplete && body === null ? hexOf(detail.body) : null,
    file: null,
  };
}

/** An answer to begin with, for a request that is not to be sent on. */
export function emptyAnswer(): HeldDraft {
  const headers = 'content-type: text/plain; charset=utf-8';
  return { method: '', target: '', status: '200', headers, body: '', hex: null, file: null };
}

/** Only what was changed: what was not goes on byte by byte. An answer is told whole. */
export function editsOf(detail: HeldDetail, mode: HeldMode, draft: HeldDraft): HeldEdits {
  if (mode === 'respond')
    return { status: Number(draft.status), headers: headerLinesOf(draft.headers), body: bodyOf(draft) };
  const before = draftOfHeld(detail);
  const edits: HeldEdits = {};
  if (draft.headers !== before.headers) edits.headers = headerLinesOf(draft.headers);
  const body = changedBody(before, draft);
  if (body) edits.body = body;
  if (detail.phase === 'response') {
    if (draft.status !== before.status) edits.status = Number(draft.status);
    return edits;
  }
  if (draft.method !== before.method) edits.method = draft.method;
  if (draft.target !== before.target) edits.target = draft.target;
  return edits;
}

/** What of it could not be sent as it stands; null: nothing. */
export type HeldMistake = { kind: 'hex' } | { kind: 'status' } | { kind: 'header'; line: string };

/** `begun`: before anything was typed; a backend may have answered with a status that nobody may type. */
export function heldMistake({ status, headers, file, hex }: HeldDraft, begun: HeldDraft): HeldMistake | null {
  if (status !== begun.status && !/^\s*[2-5]\d\d\s*$/.test(status)) return { kind: 'status' };
  const line = badHeaderLine(headers);
  if (line !== null) return { kind: 'header', line };
  return file === null && hex !== null && base64OfHex(hex) === null ? { kind: 'hex' } : null;
}

type BodyEdit = NonNullable<HeldEdits['body']>;

function bodyOf({ file, body }: HeldDraft): BodyEdit {
  return file ? { base64: file.base64 } : { text: body ?? '' };
}

/** undefined: it goes on as it is. What is not hexadecimal is told before: `heldMistake`. */
function changedBody(before: HeldDraft, { file, body, hex }: HeldDraft): BodyEdit | undefined {
  if (file) return { base64: file.base64 };
  if (hex !== null) {
    const base64 = hex === before.hex ? null : base64OfHex(hex);
    return base64 === null ? undefined : { base64 };
  }
  const text = body === null ? null : withLineEnds(before.body ?? '', body);
  return text === null || text === before.body ? undefined : { text };
}

/** The body as it would be sent; null: as it came. */
export function bodyBase64({ file, body, hex }: HeldDraft): string | null {
  if (file) return file.base64;
  if (hex !== null) return base64OfHex(hex);
  return body === null ? null : base64FromBytes(new TextEncoder().encode(body));
}

function headersText(headers: HeaderLines): string {
  return headers.map(([name, value]) => `${name}: ${value}`).join('\n');
}

function textOf(base64: string): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesFromBase64(base64));
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
