import { Split } from 'lucide-react';
import type { Exchange } from '../../proxy-engine/contract/exchange.ts';
import { type App } from '../app.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { displayKeys } from '../commands/registry.ts';
import { runCommand } from '../commands/run-commands.ts';
import { editAndSend, replay } from '../compose/from-exchange.ts';
import { bytesFromBase64, decodeText } from '../traffic/body-bytes.ts';
import { Button } from '../ui/button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { showToast } from '../ui/toast.tsx';
import { benchRequestOf } from './bench-request.ts';
import { canAnswerLike, matchOf, mockRule, ruleNameOf } from './from-exchange.ts';

/** Bodies longer than this do not belong into a config. */
const MAX_MOCK_BYTES = 256 * 1024;

/** What can be made of the exchange that is shown: a rule, an answer, a breakpoint, a test. */
export function FromExchange({ exchange }: { exchange: Exchange }) {
  const app = useApp();
  const { fromExchange: texts, compose } = useMessages();
  const trigger = (
    <Button tone="quiet" size="small" className="button-icon" aria-label={texts.menu} title={texts.menu}>
      <Split size={14} aria-hidden />
    </Button>
  );
  return (
    <Menu trigger={trigger} align="end">
      <MenuItem keys={displayKeys('r', app.mac)} onSelect={() => void replay(app, [exchange.id])}>
        {compose.replay}
      </MenuItem>
      <MenuItem keys={displayKeys('e', app.mac)} onSelect={() => app.attempt(editAndSend(app, exchange))}>
        {compose.editAndSend}
      </MenuItem>
      <MenuSeparator />
      <MenuItem keys={displayKeys('m', app.mac)} onSelect={() => runCommand(app, 'traffic.makeRule')}>
        {texts.rule}
      </MenuItem>
      <MenuItem disabled={!canAnswerLike(exchange)} onSelect={() => void mock(app, exchange, texts.bodyLeftOut)}>
        {texts.mock}
      </MenuItem>
      <MenuItem onSelect={() => tryIt(app, exchange)}>{texts.test}</MenuItem>
      <MenuItem keys={displayKeys('b', app.mac)} onSelect={() => runCommand(app, 'traffic.breakNext')}>
        {texts.breakRequest}
      </MenuItem>
      <MenuItem onSelect={() => app.breakpoints.awaitNext(matchOf(exchange), 'response')}>
        {texts.breakResponse}
      </MenuItem>
    </Menu>
  );
}

async function mock(app: App, exchange: Exchange, leftOut: string): Promise<void> {
  const body = await bodyText(app, exchange);
  if (body === null) showToast('info', leftOut);
  app.ui.setState({ page: 'rules' });
  await app.newRule(ruleNameOf(exchange), mockRule(exchange, body));
}

/** The response's body as text; null when it is not text, or was not kept whole. */
async function bodyText(app: App, { id, response }: Exchange): Promise<string | null> {
  if (!response || response.body.sizeBytes === 0) return '';
  if (response.body.truncated) return null;
  const window = await app.detail.body(id, 'response', true, 0, MAX_MOCK_BYTES);
  if (window.truncated || window.decodeError || window.totalBytes > MAX_MOCK_BYTES) return null;
  const contentType = response.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const text = decodeText(bytesFromBase64(window.data), contentType);
  return text.includes('\uFFFD') || text.includes('\0') ? null : text;
}

function tryIt(app: App, exchange: Exchange): void {
  app.ui.setState({ page: 'rules', rulesView: 'test', benchRequest: benchRequestOf(exchange) });
}
