/** What of a draft cannot be sent as it stands. Pure. */
import { MAX_CONCURRENCY, MAX_TIMES } from '../../proxy-engine/contract/sending.ts';
import type { ComposeDraft, DraftHeader } from './draft.ts';

/** May be empty. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]*$/;

export type DraftMistake =
  | { kind: 'number'; most: number }
  | { kind: 'method' }
  | { kind: 'no url' }
  | { kind: 'scheme'; scheme: string }
  | { kind: 'host'; host: string }
  /** A value without a name, or a name that is none. */
  | { kind: 'header'; name: string };

export type DraftField = 'method' | 'url' | 'headers' | 'times' | 'concurrency';

/** By the field that it is in; empty: it can be sent. */
export function draftMistakes(draft: ComposeDraft): Partial<Record<DraftField, DraftMistake>> {
  const found: Partial<Record<DraftField, DraftMistake | null>> = {
    method: TOKEN.test(draft.method.trim()) ? null : { kind: 'method' },
    url: urlMistake(draft.url.trim()),
    headers: headerMistake(draft.headers),
    times: numberMistake(draft.times, MAX_TIMES),
    concurrency: numberMistake(draft.concurrency, MAX_CONCURRENCY),
  };
  return Object.fromEntries(Object.entries(found).filter(([, mistake]) => mistake !== null));
}

/** Of those that are sent; a line that was added and not filled in is none. */
export function headerMistake(headers: readonly DraftHeader[]): DraftMistake | null {
  const wrong = headers.filter(({ enabled }) => enabled).find(isWrong);
  return wrong ? { kind: 'header', name: wrong.name.trim() } : null;
}

/** Whether such a line cannot be sent. */
export function isWrong({ name, value }: Pick<DraftHeader, 'name' | 'value'>): boolean {
  return name.trim() === '' ? value.trim() !== '' : !TOKEN.test(name.trim());
}

function numberMistake(text: string, most: number): DraftMistake | null {
  const isOne = /^\d{1,9}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most;
  return isOne ? null : { kind: 'number', most };
}

/** `http://` may be left out: then what looks like a scheme is a host with a port. */
function urlMistake(url: string): DraftMistake | null {
  if (url === '') return { kind: 'no url' };
  const scheme = /^([a-z][a-z0-9+.-]*):(?!\d+(?:[/?#]|$))/i.exec(url)?.[1];
  if (scheme !== undefined && !/^https?:\/\//i.test(url)) return { kind: 'scheme', scheme };
  const [host = ''] = url.replace(/^https?:\/\//i, '').split(/[/?#]/, 1);
  try {
    return host !== '' && new URL(`http://${host}/`).hostname !== '' ? null : { kind: 'host', host };
  } catch {
    return { kind: 'host', host };
  }
}
