import type { App } from '../app.ts';
import { messagesFor } from '../i18n/messages.ts';
import { showToast } from '../ui/toast.tsx';
import type { CurlMistake } from './curl/read-curl.ts';
import { EMPTY_DRAFT, editableBody, headersOf } from './draft.ts';

/** Puts a cURL command into the editor and tells what did not come along; answers what is wrong with it, or null. */
export async function takeCurl(app: App, text: string): Promise<CurlMistake | null> {
  const { readCurl } = await import('./curl/read-curl.ts');
  const request = readCurl(text);
  if (typeof request === 'string') return request;
  const { compose } = messagesFor(app.ui.getState().language);
  const { method, url, headers, body, notes } = request;
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  app.compose.setDraft({
    ...EMPTY_DRAFT,
    method,
    url,
    headers: headersOf(headers),
    ...editableBody(body === '' ? null : { text: body }, contentType),
  });
  for (const { kind, what } of notes) showToast('info', compose.curlNote[kind](what));
  return null;
}
