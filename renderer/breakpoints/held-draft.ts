/** A held message as a person edits it: texts of a form, and the edits that they come to. */
import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { HeldDetail } from '../../proxy-engine/contract/breakpoint.ts';
import type { HeaderLines } from '../../proxy-engine/contract/exchange.ts';
import { headerLinesOf } from '../rules/header-lines.ts';
import { bytesFromBase64 } from '../traffic/body-bytes.ts';

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
  /** null: not text, or too long; it goes on as it is. */
  body: string | null;
}

/** The message as it is held. */
export function draftOfHeld(detail: HeldDetail): HeldDraft {
  const head = detail.response ?? detail.request;
  return {
    method: detail.request.method,
    target: detail.request.target,
    status: String(detail.response?.status ?? 200),
    headers: headersText(head.headers),
    body: detail.bodyComplete ? textOf(detail.body) : null,
  };
}

/** An answer to begin with, for a request that is not to be sent on. */
export function emptyAnswer(): HeldDraft {
  return { method: '', target: '', status: '200', headers: 'content-type: text/plain; charset=utf-8', body: '' };
}

/** Only what was changed: what was not goes on byte by byte. An answer is told whole. */
export function editsOf(detail: HeldDetail, mode: HeldMode, draft: HeldDraft): HeldEdits {
  if (mode === 'respond')
    return { status: Number(draft.status), headers: headerLinesOf(draft.headers), body: { text: draft.body ?? '' } };
  const before = draftOfHeld(detail);
  const edits: HeldEdits = {};
  if (draft.headers !== before.headers) edits.headers = headerLinesOf(draft.headers);
  if (draft.body !== null && draft.body !== before.body) edits.body = { text: draft.body };
  if (detail.phase === 'response') {
    if (draft.status !== before.status) edits.status = Number(draft.status);
    return edits;
  }
  if (draft.method !== before.method) edits.method = draft.method;
  if (draft.target !== before.target) edits.target = draft.target;
  return edits;
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
