import { useApp, useMessages } from '../app-context.tsx';
import { MenuItem } from '../ui/menu.tsx';
import { type CommandId, commandDefinitions, displayKeys } from './registry.ts';
import { runCommand } from './run-commands.ts';

/** A command in a menu, with its key. */
export function CommandItem({ id, disabled }: { id: CommandId; disabled?: boolean }) {
  const app = useApp();
  const messages = useMessages();
  const definition = commandDefinitions.find((one) => one.id === id);
  const keys = definition && 'key' in definition ? displayKeys(definition.key, app.mac) : undefined;
  return (
    <MenuItem keys={keys} disabled={disabled} onSelect={() => runCommand(app, id)}>
      {messages.commands[id]}
    </MenuItem>
  );
}
