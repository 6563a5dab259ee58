import { Bookmark } from 'lucide-react';
import { useApp, useMessages, useUi } from '../../app-context.tsx';
import { displayKeys } from '../../commands/registry.ts';
import { runCommand } from '../../commands/run-commands.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { PRESETS, type PresetName } from './presets.ts';

/** Filters of one's own and those that are always there. */
export function FiltersMenu() {
  const app = useApp();
  const { filters } = useMessages();
  const saved = useUi((state) => state.savedFilters);
  const trigger = (
    <IconButton tone="quiet" size="small" className="filter-bar-saved" label={filters.menu}>
      <Bookmark size={13} aria-hidden />
    </IconButton>
  );
  return (
    <Menu trigger={trigger} align="end">
      {saved.map(({ name, filter }) => (
        <MenuItem key={name} onSelect={() => app.traffic.setFilter(filter)}>
          {name}
        </MenuItem>
      ))}
      {saved.length > 0 ? <MenuSeparator /> : null}
      {(Object.keys(PRESETS) as PresetName[]).map((name) => (
        <MenuItem key={name} onSelect={() => app.traffic.setFilter(PRESETS[name])}>
          {filters.presets[name]}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem keys={displayKeys('$mod+Shift+f', app.mac)} onSelect={() => runCommand(app, 'traffic.findInBodies')}>
        {filters.findInBodies}
      </MenuItem>
      <MenuItem keys={displayKeys('s', app.mac)} onSelect={() => runCommand(app, 'traffic.savedFilters')}>
        {filters.manage}
      </MenuItem>
    </Menu>
  );
}
