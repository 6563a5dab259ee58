import { ChevronDown } from 'lucide-react';
import { useApp, useMessages } from '../app-context.tsx';
import { type CommandId, commandDefinitions, displayKeys } from '../commands/registry.ts';
import { runCommand } from '../commands/run-commands.ts';
import { Button } from '../ui/button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx';

/** Everything that leaves the window as a file, and that comes into it as one. */
export function ExportMenu() {
  const { transfer } = useMessages();
  const trigger = (
    <Button>
      {transfer.export} <ChevronDown size={13} aria-hidden />
    </Button>
  );
  return (
    <Menu trigger={trigger} align="end">
      <CommandItem id="har.export" />
      <CommandItem id="rules.export" />
      <MenuSeparator />
      <CommandItem id="har.import" />
      <CommandItem id="rules.import" />
    </Menu>
  );
}

function CommandItem({ id }: { id: CommandId }) {
  const app = useApp();
  const messages = useMessages();
  const definition = commandDefinitions.find((one) => one.id === id);
  const keys = definition && 'key' in definition ? displayKeys(definition.key, app.mac) : undefined;
  return (
    <MenuItem keys={keys} onSelect={() => runCommand(app, id)}>
      {messages.commands[id]}
    </MenuItem>
  );
}
