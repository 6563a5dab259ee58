/** A request as it stands in the editor, and what is sent of it. Pure. */
import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { HeaderLines } from '../../proxy-engine/contract/exchange.ts';

export interface DraftHeader {
  /** Of its line in the editor. */
  key: number;
  name: string;
  value: string;
  enabled: boolean;
}

export type BodyKind = 'none' | 'json' | 'form' | 'text' | 'base64';

export interface ComposeDraft {
  method: string;
  url: string;
  headers: DraftHeader[];
  bodyKind: BodyKind;
  /** Of a form: `name=value`, one a line. */
  body: string;
  /** How it goes in; see `destinationOf`. */
  destination: string;
  /** As they stand in their fields; see `draftMistakes`. */
  times: string;
  concurrency: string;
}

export const AUTOMATIC = '';

export const EMPTY_DRAFT: ComposeDraft = {
  method: 'GET',
  url: '',
  headers: [],
  bodyKind: 'none',
  body: '',
  destination: AUTOMATIC,
  times: '1',
  concurrency: '1',
};

export type Destination = { listener: string } | { pool: string; backend?: string } | null;

/** As a value of a choice, which is text. */
export function destinationKey(destination: Destination): string {
  return destination === null ? AUTOMATIC : JSON.stringify(destination);
}

export function destinationOf(key: string): Destination {
  return key === AUTOMATIC ? null : (JSON.parse(key) as Destination);
}

export const CONTENT_TYPES: Record<BodyKind, string | null> = {
  none: null,
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
  base64: 'application/octet-stream',
};

let nextKey = 1;

export function headerOf(name: string, value: string): DraftHeader {
  return { key: nextKey++, name, value, enabled: true };
}

export function headersOf(lines: HeaderLines): DraftHeader[] {
  return lines.map(([name, value]) => headerOf(name, value));
}

export function sentHeaders({ headers, bodyKind }: ComposeDraft): HeaderLines {
  const lines = headers.flatMap(({ name, value, enabled }): HeaderLines => {
    const trimmed = name.trim();
    return enabled && trimmed !== '' ? [[trimmed, value.trim()]] : [];
  });
  const type = CONTENT_TYPES[bodyKind];
  const isTold = lines.some(([name]) => name.toLowerCase() === 'content-type');
  return type === null || isTold ? lines : [...lines, ['Content-Type', type]];
}

function sentBody({ bodyKind, body }: ComposeDraft): CommandInput<'compose.send'>['body'] {
  switch (bodyKind) {
    case 'none':
      return undefined;
    case 'base64':
      return { base64: body.replace(/\s/g, '') };
    case 'form':
      return { text: formText(body) };
    case 'json':
    case 'text':
      return { text: body };
  }
}

/** `name=value` lines as a browser would send them. */
export function formText(lines: string): string {
  const fields = lines.split('\n').flatMap((line): [string, string][] => {
    if (line.trim() === '') return [];
    const equals = line.indexOf('=');
    return equals < 0 ? [[line, '']] : [[line.slice(0, equals), line.slice(equals + 1)]];
  });
  return new URLSearchParams(fields).toString();
}

/** The reverse; null: it is no form, or would be sent otherwise. */
export function formLines(text: string): string | null {
  const lines = [...new URLSearchParams(text)].map(([name, value]) => `${name}=${value}`).join('\n');
  return lines.split('\n').length === text.split('&').length && formText(lines) === text ? lines : null;
}

const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What is wrong with the body; null: nothing. */
export function bodyMistake({ bodyKind, body }: ComposeDraft): string | null {
  if (bodyKind === 'base64') return BASE64.test(body.replace(/\s/g, '')) ? null : 'base64';
  if (bodyKind !== 'json' || body.trim() === '') return null;
  try {
    JSON.parse(body);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Of one without mistakes. */
export function sendInput(draft: ComposeDraft): CommandInput<'compose.send'> {
  const { method, url, destination } = draft;
  const times = Number(draft.times);
  return {
    method: method.trim() || 'GET',
    url: url.trim(),
    headers: sentHeaders(draft),
    body: sentBody(draft),
    ...destinationOf(destination),
    times,
    concurrency: Math.min(Number(draft.concurrency), times),
    wait: false,
  };
}

/** A body as it is best edited. */
export function editableBody(
  body: { text: string } | { base64: string } | null,
  contentType: string,
): Pick<ComposeDraft, 'body' | 'bodyKind'> {
  if (body === null) return { body: '', bodyKind: 'none' };
  if ('base64' in body) return { body: body.base64, bodyKind: 'base64' };
  const { text } = body;
  if (/[/+]json\b/i.test(contentType)) return { body: text, bodyKind: 'json' };
  const lines = /x-www-form-urlencoded/i.test(contentType) ? formLines(text) : null;
  return lines === null ? { body: text, bodyKind: 'text' } : { body: lines, bodyKind: 'form' };
}
