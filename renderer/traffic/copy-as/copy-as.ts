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

/** Copies the requests of everything that is chosen, in the order in which they came; says which bodies are not in it. */
export async function copyAs(app: App, target: CopyTarget): Promise<void> {
  const { copyAs: texts } = messagesFor(app.ui.getState().language);
  const ids = [...app.traffic.store.getState().chosen].sort((a, b) => a - b);
  if (ids.length === 0) return;
  const copies = await Promise.all(ids.slice(0, MOST_COPIED).map((id) => copyOne(app, id, target)));
  const left = copies.flatMap(({ leftOut }) => leftOut ?? []);
  await copyText(app, copies.map(({ text }) => text).join('\n\n'), texts.copied(copies.length, TARGET_NAMES[target]));
  for (const why of new Set(left)) showToast('warn', texts.leftOut[why]);
  if (ids.length > MOST_COPIED) showToast('warn', texts.onlyFirst(MOST_COPIED));
}

async function copyOne(app: App, id: number, target: CopyTarget): Promise<{ text: string; leftOut: LeftOut | null }> {
  const { request, leftOut } = await readRequest(app.detail, await app.exchanges.get(id));
  const text = await snippet(target, request);
  return { text, leftOut: leftOut ?? (isSent(target, request) ? null : 'not sent by it') };
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
