import { Copy } from 'lucide-react';
import type { ReactElement } from 'react';
import { useApp, useMessages } from '../../app-context.tsx';
import { displayKeys } from '../../commands/registry.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { copyAs } from './copy-as.ts';
import { type CopyTarget, LIBRARY_TARGETS, OWN_TARGETS, TARGET_NAMES } from './targets.ts';

/** The requests of what is chosen, as commands and code. */
export function CopyAsMenu({ trigger }: { trigger?: ReactElement }) {
  const app = useApp();
  const { copyAs: texts } = useMessages();
  const item = (target: CopyTarget) => (
    <MenuItem
      key={target}
      keys={target === 'curl' ? displayKeys('c', app.mac) : undefined}
      onSelect={() => app.attempt(copyAs(app, target))}
    >
      {TARGET_NAMES[target]}
    </MenuItem>
  );
  const button = (
    <Button size="small">
      <Copy size={12} aria-hidden />
      {texts.menu}
    </Button>
  );
  return (
    <Menu trigger={trigger ?? button} align="end">
      {OWN_TARGETS.map(item)}
      <MenuSeparator />
      {LIBRARY_TARGETS.map(item)}
    </Menu>
  );
}
