import { ChevronDown } from 'lucide-react';
import { useMessages } from '../app-context.tsx';
import { CommandItem } from '../commands/command-item.tsx';
import { Button } from '../ui/button.tsx';
import { Menu, MenuSeparator } from '../ui/menu.tsx';

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
