/** What the settings page reads of the config document and writes back to it. */

import type { FormKind } from '../rules/rebase.ts';
import { matchOf, oneLine } from '../rules/rule-draft.ts';

/** A listener as it stands in the document. */
export interface RawListener {
  address?: string;
  mode?: string;
  intercept?: string;
  allowRemote?: boolean;
  tls?: Record<string, unknown>;
  [key: string]: unknown;
}

export interface RawSettings {
  listeners: Readonly<Record<string, RawListener>>;
  capture: Readonly<Record<string, unknown>>;
}

/** Of what the config's own document says; both are empty before the engine told it. */
export function settingsOf(document: unknown): RawSettings {
  const { listeners, capture } = (document ?? {}) as Record<string, unknown>;
  return {
    listeners: (listeners ?? {}) as RawSettings['listeners'],
    capture: (capture ?? {}) as RawSettings['capture'],
  };
}

export interface ListenerDraft {
  name: string;
  address: string;
  mode: 'reverse' | 'forward';
  intercept: string;
  /** Leaf certificates of the local authority. */
  localTls: boolean;
  allowRemote: boolean;
}

/** What most people look for when they add one: a proxy for a browser. */
export const NEW_LISTENER: ListenerDraft = {
  name: 'proxy',
  address: '127.0.0.1:8888',
  mode: 'forward',
  intercept: '',
  localTls: false,
  allowRemote: false,
};

export function listenerDraftOf(name: string, raw: RawListener): ListenerDraft {
  return {
    name,
    address: raw.address ?? '',
    mode: raw.mode === 'forward' ? 'forward' : 'reverse',
    intercept: oneLine(raw.intercept ?? ''),
    localTls: raw.tls?.local === true,
    allowRemote: raw.allowRemote === true,
  };
}

/** The listener with what the form edits; everything else of it stays. */
export function applyListenerDraft(raw: RawListener, draft: ListenerDraft): RawListener {
  const intercept = draft.mode === 'forward' ? matchOf({ match: raw.intercept }, { match: draft.intercept }) : '';
  return given({
    ...raw,
    address: draft.address.trim(),
    mode: draft.mode === 'reverse' && raw.mode === undefined ? undefined : draft.mode,
    intercept: intercept === '' ? undefined : intercept,
    allowRemote: draft.allowRemote || (raw.allowRemote === undefined ? undefined : false),
    tls: tlsOf(raw.tls, draft.localTls),
  });
}

export function listenerForm(name: string): FormKind<ListenerDraft, RawListener> {
  return {
    draftOf: (raw) => listenerDraftOf(name, raw),
    apply: applyListenerDraft,
    partsOf(key) {
      if (key === 'tls') return ['localTls'];
      return key === 'address' || key === 'mode' || key === 'intercept' || key === 'allowRemote' ? [key] : [];
    },
  };
}

function tlsOf(raw: RawListener['tls'], local: boolean): RawListener['tls'] {
  if (local) return { ...raw, local };
  const { local: _, ...rest } = raw ?? {};
  return Object.keys(rest).length > 0 ? rest : undefined;
}

function given(listener: RawListener): RawListener {
  return Object.fromEntries(Object.entries(listener).filter(([, value]) => value !== undefined));
}

/** Each with what holds when it is left out. */
export const CAPTURE_FIELDS = {
  exchanges: '1000000',
  disk: '2GiB',
  age: '',
  bodies: '1MiB',
  redact: 'authorization, proxy-authorization, cookie, set-cookie',
} as const;

export type CaptureField = keyof typeof CAPTURE_FIELDS;
/** As typed; empty: left out of the document. */
export type CaptureDraft = Record<CaptureField, string>;

export function captureDraftOf(raw: RawSettings['capture']): CaptureDraft {
  const fields = Object.keys(CAPTURE_FIELDS) as CaptureField[];
  return Object.fromEntries(fields.map((field) => [field, textOf(raw[field])])) as CaptureDraft;
}

export const CAPTURE_FORM: FormKind<CaptureDraft, RawSettings['capture']> = {
  draftOf: captureDraftOf,
  apply: applyCaptureDraft,
  partsOf: (key) => (key in CAPTURE_FIELDS ? [key as CaptureField] : []),
};

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** The section with what was typed; everything else of it stays. */
export function applyCaptureDraft(raw: RawSettings['capture'], draft: CaptureDraft): Record<string, unknown> {
  const after: Record<string, unknown> = { ...raw };
  for (const field of Object.keys(CAPTURE_FIELDS) as CaptureField[]) {
    const text = draft[field].trim();
    if (text === '') delete after[field];
    else after[field] = valueOf(field, text);
  }
  return after;
}

function valueOf(field: CaptureField, text: string): unknown {
  if (field === 'redact') return text.split(/[\s,]+/).filter((name) => name !== '');
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** The engine's issues by the field below `path` that they are about; the others under ''. */
export function issuesBelow(
  issues: readonly { path: string; message: string }[],
  path: string,
): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const issue of issues) {
    // A name that is no plain word stands in brackets there: `listeners["my proxy"].address`.
    const plain = issue.path.replaceAll(/\["(.*?)"\]/g, '.$1');
    const inside = plain.startsWith(`${path}.`) ? plain.slice(path.length + 1) : '';
    const field = /^\w*/.exec(inside)?.[0] ?? '';
    const text = field === '' && issue.path !== '' ? `${issue.path}: ${issue.message}` : issue.message;
    fields[field] = fields[field] === undefined ? text : `${fields[field]}\n${text}`;
  }
  return fields;
}
