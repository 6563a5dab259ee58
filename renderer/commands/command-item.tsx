import { useApp, useMessages } from '../app-context.tsx';
import { MenuItem } from '../ui/menu.tsx';
import { type CommandId, commandKey, displayKeys } from './registry.ts';
import { runCommand } from './run-commands.ts';

/** A command in a menu, with its key. */
export function CommandItem({ id, disabled }: { id: CommandId; disabled?: boolean }) {
  const app = useApp();
  const messages = useMessages();
  const key = commandKey(id);
  return (
    <MenuItem keys={key && displayKeys(key, app.mac)} disabled={disabled} onSelect={() => runCommand(app, id)}>
      {messages.commands[id]}
    </MenuItem>
  );
}
