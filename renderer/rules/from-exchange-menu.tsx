import { Split } from 'lucide-react';
import type { Exchange } from '../../proxy-engine/contract/exchange.ts';
import { useApp, useMessages } from '../app-context.tsx';
import { CommandItem } from '../commands/command-item.tsx';
import { displayKeys } from '../commands/registry.ts';
import { editAndSend, replay } from '../compose/from-exchange.ts';
import { Button } from '../ui/button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { canAnswerLike } from './from-exchange.ts';

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
      <CommandItem id="traffic.makeRule" />
      <CommandItem id="traffic.answerLike" disabled={!canAnswerLike(exchange)} />
      <CommandItem id="traffic.tryInBench" />
      <CommandItem id="traffic.breakNext" />
      <CommandItem id="traffic.breakNextResponse" />
    </Menu>
  );
}
