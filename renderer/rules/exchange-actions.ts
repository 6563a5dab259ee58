import type { Exchange } from '../../proxy-engine/contract/exchange.ts';
import type { App } from '../app.ts';
import { messagesFor } from '../i18n/messages.ts';
import { bytesFromBase64, decodeText } from '../traffic/body-bytes.ts';
import { showToast } from '../ui/toast.tsx';
import { benchRequestOf } from './bench-request.ts';
import { canAnswerLike, isTunnel, matchOf, mockRule, ruleNameOf, setsCookies } from './from-exchange.ts';

/** Bodies longer than this do not belong into a config. */
const MAX_MOCK_BYTES = 256 * 1024;

const texts = (app: App) => messagesFor(app.ui.getState().language).fromExchange;

/** Does it with the exchange that is shown; says so when there is none. */
export function withShown(app: App, act: (exchange: Exchange) => void): void {
  const { exchange } = app.detail.store.getState();
  if (exchange) act(exchange);
  else showToast('info', texts(app).none);
}

/** A rule that holds for its like, opened to be finished. */
export async function makeRule(app: App, exchange: Exchange): Promise<void> {
  if (isTunnel(exchange)) showToast('info', texts(app).tunnel);
  app.ui.setState({ page: 'rules' });
  await app.newRule(ruleNameOf(exchange), { match: matchOf(exchange) });
}

/** A rule that gives its answer. */
export async function answerLike(app: App, exchange: Exchange): Promise<void> {
  if (!canAnswerLike(exchange)) return showToast('info', texts(app).noAnswer);
  const body = await bodyText(app, exchange);
  if (body === null) showToast('info', texts(app).bodyLeftOut);
  if (setsCookies(exchange)) showToast('info', texts(app).cookiesLeftOut);
  app.ui.setState({ page: 'rules' });
  await app.newRule(ruleNameOf(exchange), mockRule(exchange, body));
}

/** Which routes and rules hold for it. */
export function tryInBench(app: App, exchange: Exchange): void {
  app.ui.setState({ page: 'rules', rulesView: 'test', benchRequest: benchRequestOf(exchange) });
}

/** The response's body as text; null when it is not text, or was not kept whole. */
async function bodyText(app: App, { id, response }: Exchange): Promise<string | null> {
  if (!response || response.body.sizeBytes === 0) return '';
  if (response.body.truncated) return null;
  const window = await app.detail.body(id, 'response', true, 0, MAX_MOCK_BYTES);
  if (window.truncated || window.endsEarly || window.decodeError || window.totalBytes > MAX_MOCK_BYTES) return null;
  const contentType = response.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const text = decodeText(bytesFromBase64(window.data), contentType);
  return text.includes('\uFFFD') || text.includes('\0') ? null : text;
}
