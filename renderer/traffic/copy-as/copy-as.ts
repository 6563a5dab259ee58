import { redactLines, secretNames } from '../../../proxy-engine/contract/redaction.ts';
import type { App } from '../../app.ts';
import { copyText } from '../../commands/copy-text.ts';
import { messagesFor } from '../../i18n/messages.ts';
import { showToast } from '../../ui/toast.tsx';
import { type CopiedRequest, type LeftOut, readRequest } from './copied-request.ts';
import { curlCommand } from './curl.ts';
import { fetchCall } from './fetch.ts';
import { pythonCall } from './python.ts';
import { type CopyTarget, TARGET_NAMES } from './targets.ts';

const MOST_COPIED = 100;

/**
 * Copies the requests of everything that is chosen, in the order in which they came; says which bodies are not in it. `withSecrets`:
 * also the values of the headers that `capture.redact` names.
 */
export async function copyAs(app: App, target: CopyTarget, withSecrets = false): Promise<void> {
  const { copyAs: texts } = messagesFor(app.ui.getState().language);
  const ids = [...app.traffic.store.getState().chosen].sort((a, b) => a - b);
  if (ids.length === 0) return;
  const copies = await Promise.all(ids.slice(0, MOST_COPIED).map((id) => copyOne(app, id, target, withSecrets)));
  const left = copies.flatMap(({ leftOut }) => leftOut ?? []);
  await copyText(app, copies.map(({ text }) => text).join('\n\n'), texts.copied(copies.length, TARGET_NAMES[target]));
  const redacted = [...new Set(copies.flatMap((copy) => copy.redacted))];
  if (redacted.length > 0) showToast('info', texts.redacted(redacted));
  for (const why of new Set(left)) showToast('warn', texts.leftOut[why]);
  if (ids.length > MOST_COPIED) showToast('warn', texts.onlyFirst(MOST_COPIED));
}

interface Copy {
  text: string;
  leftOut: LeftOut | null;
  /** Names of headers whose values are not in it. */
  redacted: string[];
}

async function copyOne(app: App, id: number, target: CopyTarget, withSecrets: boolean): Promise<Copy> {
  const read = await readRequest(app.detail, await app.exchanges.get(id));
  const isSecret = secretNames(withSecrets ? [] : (app.config.store.getState().config?.capture?.redact ?? []));
  const request = { ...read.request, headers: redactLines(read.request.headers, isSecret) };
  const redacted = request.headers.map(([name]) => name.toLowerCase()).filter(isSecret);
  const leftOut = read.leftOut ?? (isSent(target, request) ? null : 'not sent by it');
  return { text: await snippet(target, request), leftOut, redacted };
}

async function snippet(target: CopyTarget, request: CopiedRequest): Promise<string> {
  switch (target) {
    case 'curl':
      return curlCommand(request);
    case 'fetch':
      return fetchCall(request);
    case 'python':
      return pythonCall(request);
    default:
      return (await import('./library.ts')).librarySnippet(target, request);
  }
}

/** Whether the target sends the body of this request. */
function isSent(target: CopyTarget, { method, body }: CopiedRequest): boolean {
  if (body === null || target === 'curl' || target === 'python') return true;
  return target === 'fetch' ? method !== 'GET' && method !== 'HEAD' : 'text' in body;
}
