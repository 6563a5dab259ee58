import type { Exchange } from '../../proxy-engine/contract/exchange.ts';
import { wireText } from '../../proxy-engine/contract/wire-text.ts';
import type { App } from '../app.ts';
import { messagesFor } from '../i18n/messages.ts';
import { readRequest } from '../traffic/copy-as/copied-request.ts';
import { showToast } from '../ui/toast.tsx';
import { destinationKey, EMPTY_DRAFT, editableBody, headersOf } from './draft.ts';

/** Made for the body that was sent then. */
const MADE_ANEW = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'te', 'expect']);

/** A recorded exchange in the editor, as its client sent it. */
export async function editAndSend(app: App, exchange: Exchange): Promise<void> {
  const { request, leftOut } = await readRequest(app.detail, exchange);
  const { compose } = messagesFor(app.ui.getState().language);
  if (leftOut !== null) showToast('info', compose.bodyLeftOut);
  const headers = request.headers
    .filter(([name]) => !MADE_ANEW.has(name.toLowerCase()))
    .map(([name, value]): [string, string] => [name, wireText(value)]);
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const { listener } = exchange;
  const isThere = app.engine.getState().state?.listeners.some(({ name }) => name === listener) ?? false;
  app.compose.setDraft({
    ...EMPTY_DRAFT,
    method: request.method,
    url: request.url,
    headers: headersOf(headers),
    ...editableBody(request.body, contentType),
    destination: destinationKey(isThere ? { listener } : null),
  });
  app.compose.store.setState({ toEdit: true });
  app.ui.setState({ page: 'compose' });
}

/** Sends exchanges again and says what became of them. */
export async function replay(app: App, ids: readonly number[], spacing: 'original' | 'none' = 'none'): Promise<void> {
  const { compose } = messagesFor(app.ui.getState().language);
  if (ids.length > 1) showToast('info', compose.replaying(ids.length));
  const run = await app.compose.replay(ids, spacing);
  if (!run) return;
  if (run.error !== null) showToast('error', run.error);
  else if (run.state === 'done') showToast('info', compose.replayed(run.answers.map(({ id }) => id)));
}
