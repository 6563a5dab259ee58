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
  const body = draft.body === null ? null : withLineEnds(before.body ?? '', draft.body);
  if (body !== null && body !== before.body) edits.body = { text: body };
  if (detail.phase === 'response') {
    if (draft.status !== before.status) edits.status = Number(draft.status);
    return edits;
  }
  if (draft.method !== before.method) edits.method = draft.method;
  if (draft.target !== before.target) edits.target = draft.target;
  return edits;
}

/** A text field knows no line end but `\n`: the lines that were not edited keep theirs, new ones get what is usual there. */
export function withLineEnds(before: string, edited: string): string {
  const plain = before.replaceAll(/\r\n?/g, '\n');
  if (plain === before) return edited;
  const shorter = Math.min(plain.length, edited.length);
  let start = 0;
  while (start < shorter && plain[start] === edited[start]) start++;
  let end = 0;
  while (end < shorter - start && plain.at(-1 - end) === edited.at(-1 - end)) end++;
  const lineEnd = before.includes('\r\n') ? '\r\n' : '\n';
  const middle = edited.slice(start, edited.length - end).replaceAll('\n', lineEnd);
  return before.slice(0, placeIn(before, start)) + middle + before.slice(placeIn(before, plain.length - end));
}

/** Where the character `index` of the text with plain line ends stands in `text`. */
function placeIn(text: string, index: number): number {
  let at = 0;
  for (let i = 0; i < index; i++) at += text.startsWith('\r\n', at) ? 2 : 1;
  return at;
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
