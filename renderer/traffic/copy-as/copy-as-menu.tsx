import { Copy } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { useApp, useMessages } from '../../app-context.tsx';
import { displayKeys } from '../../commands/registry.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuCheck, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { copyAs } from './copy-as.ts';
import { type CopyTarget, LIBRARY_TARGETS, OWN_TARGETS, TARGET_NAMES } from './targets.ts';

/** The requests of what is chosen, as commands and code. */
export function CopyAsMenu({ trigger }: { trigger?: ReactElement }) {
  const app = useApp();
  const { copyAs: texts } = useMessages();
  // For this menu and this time: nobody hands secrets on because of what was chosen yesterday.
  const [withSecrets, setWithSecrets] = useState(false);
  const item = (target: CopyTarget) => (
    <MenuItem
      key={target}
      keys={target === 'curl' ? displayKeys('c', app.mac) : undefined}
      onSelect={() => app.attempt(copyAs(app, target, withSecrets))}
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
      <MenuSeparator />
      <MenuCheck checked={withSecrets} onChange={setWithSecrets}>
        {texts.withSecrets}
      </MenuCheck>
    </Menu>
  );
}
