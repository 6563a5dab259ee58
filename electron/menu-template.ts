/** The native menu as data, made from the registry of commands. No Electron at run time: a pure function. */
import type { MenuItemConstructorOptions } from 'electron';
import type { CommandDefinition } from '../renderer/commands/registry.ts';

export interface MenuOptions {
  commands: readonly CommandDefinition[];
  mac: boolean;
  /** Reload and developer tools. */
  development: boolean;
  run(id: string): void;
  restartEngine(): void;
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

export function menuTemplate(options: MenuOptions): MenuItemConstructorOptions[] {
  const { mac, development, restartEngine } = options;
  const section = (name: CommandDefinition['section']): MenuItemConstructorOptions[] =>
    withSubmenus(
      options.commands.filter((command) => command.section === name),
      options,
    );
  const engine: MenuItemConstructorOptions = { label: 'Restart engine', click: restartEngine };
  const menus: MenuItemConstructorOptions[] = [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    { label: 'File', submenu: [...grouped(section('file'), [engine]), separator, { role: mac ? 'close' : 'quit' }] },
    { role: 'editMenu' },
    { label: 'View', submenu: grouped(section('view'), viewItems(development)) },
    { label: 'Traffic', submenu: section('traffic') },
    { label: 'Backends', submenu: section('backends') },
    { label: 'Rules', submenu: section('rules') },
    { role: 'windowMenu' },
    { role: 'help', submenu: section('help') },
  ];
  return menus.filter(hasItems);
}

/** Commands of one submenu, which follow one another, stand in it. */
function withSubmenus(commands: readonly CommandDefinition[], options: MenuOptions): MenuItemConstructorOptions[] {
  const items: MenuItemConstructorOptions[] = [];
  for (const command of commands) {
    const item = commandItem(command, options);
    const last = items.at(-1);
    if (command.submenu === undefined) items.push(item);
    else if (last?.label === command.submenu && Array.isArray(last.submenu)) last.submenu.push(item);
    else items.push({ label: command.submenu, submenu: [item] });
  }
  return items;
}

/** Two groups with a line between them, unless one is empty. */
function grouped(
  first: MenuItemConstructorOptions[],
  second: MenuItemConstructorOptions[],
): MenuItemConstructorOptions[] {
  return first.length > 0 && second.length > 0 ? [...first, separator, ...second] : [...first, ...second];
}

function hasItems({ submenu }: MenuItemConstructorOptions): boolean {
  return !Array.isArray(submenu) || submenu.length > 0;
}

function viewItems(development: boolean): MenuItemConstructorOptions[] {
  const zoom: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'togglefullscreen' },
  ];
  return development ? [...zoom, separator, { role: 'reload' }, { role: 'toggleDevTools' }] : zoom;
}

/** On macOS they are those of text fields; the page hears them first. */
const OF_EDIT_MENU: ReadonlySet<string> = new Set(['CmdOrCtrl+Z', 'CmdOrCtrl+Shift+Z']);

function commandItem(command: CommandDefinition, { mac, run }: MenuOptions): MenuItemConstructorOptions {
  const item: MenuItemConstructorOptions = { label: command.title, click: () => run(command.id) };
  const ofPage = command.key === undefined ? null : acceleratorOf(command.key);
  const accelerator = command.accelerator ?? ofPage;
  if (!accelerator || (mac && OF_EDIT_MENU.has(accelerator))) return item;
  // The page listens to its own keys and knows when a text is being edited: the menu only shows them. macOS always listens itself.
  return { ...item, accelerator, registerAccelerator: mac || accelerator !== ofPage };
}

/** `$mod+Shift+z` → `CmdOrCtrl+Shift+Z`. null for sequences and plain keys: they would be taken from every text field. */
export function acceleratorOf(key: string): string | null {
  if (key.includes(' ') || !key.includes('$mod')) return null;
  const parts = key
    .split('+')
    .map((part) => (part === '$mod' ? 'CmdOrCtrl' : part.length === 1 ? part.toUpperCase() : part));
  return parts.join('+');
}
