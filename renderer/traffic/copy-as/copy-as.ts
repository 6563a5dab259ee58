import { redactLines, secretNames } from '../../../proxy-engine/contract/redaction.ts';
import type { App } from '../../app.ts';
import { copyText } from '../../commands/copy-text.ts';
import { messagesFor } from '../../i18n/messages.ts';
import { showToast } from '../../ui/toast.tsx';
import { cProgram } from './c.ts';
import { type CopiedRequest, type LeftOut, readRequest } from './copied-request.ts';
import { curlCommand } from './curl.ts';
import { fetchCall } from './fetch.ts';
import { pythonCall } from './python.ts';
import { rubyCall } from './ruby.ts';
import { type CopyTarget, OWN_TARGETS, TARGET_NAMES } from './targets.ts';
import { isRewritten, type Unwritable, unwritable } from './unwritable.ts';

const MOST_COPIED = 100;

/**
 * Copies the requests of everything that is chosen, in the order in which they came; says which of them and which bodies are not in
 * it, and what the program sends otherwise. `withSecrets`:
 * also the values of the headers that `capture.redact` names.
 */
export async function copyAs(app: App, target: CopyTarget, withSecrets = false): Promise<void> {
  const { copyAs: texts } = messagesFor(app.ui.getState().language);
  const ids = [...app.traffic.store.getState().chosen].sort((a, b) => a - b);
  if (ids.length === 0) return;
  const copies = await Promise.all(ids.slice(0, MOST_COPIED).map((id) => copyOne(app, id, target, withSecrets)));
  const written = copies.flatMap(({ text }) => text ?? []);
  if (written.length > 0) await copyText(app, written.join('\n\n'), texts.copied(written.length, TARGET_NAMES[target]));
  const redacted = [...new Set(copies.flatMap((copy) => copy.redacted))];
  if (redacted.length > 0) showToast('info', texts.redacted(redacted));
  for (const why of reasons(copies, ({ leftOut }) => leftOut)) showToast('warn', texts.leftOut[why]);
  for (const why of reasons(copies, (copy) => copy.unwritable))
    showToast('warn', texts.unwritable[why](TARGET_NAMES[target]));
  if (copies.some((copy) => copy.rewritten)) showToast('warn', texts.rewritten(TARGET_NAMES[target]));
  if (ids.length > MOST_COPIED) showToast('warn', texts.onlyFirst(MOST_COPIED));
}

/** Each once. */
function reasons<T>(copies: readonly Copy[], why: (copy: Copy) => T | null): Set<T> {
  return new Set(copies.flatMap((copy) => why(copy) ?? []));
}

interface Copy {
  /** null: it cannot be written so. */
  text: string | null;
  unwritable: Unwritable | null;
  /** The program writes its URL anew. */
  rewritten: boolean;
  leftOut: LeftOut | null;
  /** Names of headers whose values are not in it. */
  redacted: string[];
}

async function copyOne(app: App, id: number, target: CopyTarget, withSecrets: boolean): Promise<Copy> {
  const read = await readRequest(app.detail, await app.exchanges.get(id));
  const isSecret = secretNames(withSecrets ? [] : (app.config.store.getState().config?.capture?.redact ?? []));
  const request = { ...read.request, headers: redactLines(read.request.headers, isSecret) };
  const why = unwritable(target, request);
  if (why) return { text: null, unwritable: why, rewritten: false, leftOut: null, redacted: [] };
  const redacted = request.headers.map(([name]) => name.toLowerCase()).filter(isSecret);
  const leftOut = read.leftOut ?? (isSent(target, request) ? null : 'not sent by it');
  const rewritten = isRewritten(target, request.url);
  return { text: await snippet(target, request), unwritable: null, rewritten, leftOut, redacted };
}

async function snippet(target: CopyTarget, request: CopiedRequest): Promise<string> {
  switch (target) {
    case 'curl':
      return curlCommand(request);
    case 'fetch':
      return fetchCall(request);
    case 'python':
      return pythonCall(request);
    case 'ruby':
      return rubyCall(request);
    case 'c':
      return cProgram(request);
    default:
      return (await import('./library.ts')).librarySnippet(target, request);
  }
}

/** Whether the target sends the body of this request. */
function isSent(target: CopyTarget, { method, body }: CopiedRequest): boolean {
  if (body === null) return true;
  if (target === 'fetch') return method !== 'GET' && method !== 'HEAD';
  return 'text' in body || (OWN_TARGETS as readonly CopyTarget[]).includes(target);
}
