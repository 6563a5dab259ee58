import { Autocomplete } from '@base-ui/react/autocomplete';
import { useMemo } from 'react';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import type { App } from '../app.ts';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { type CommandDefinition, type CommandId, commandDefinitions, displayKeys } from '../commands/registry.ts';
import { runCommand } from '../commands/run-commands.ts';
import type { Messages } from '../i18n/messages.ts';
import type { SavedFilter } from '../store/preferences.ts';
import { PRESETS, type PresetName } from '../traffic/filters/presets.ts';
import { showTraffic } from '../traffic/show-traffic.ts';
import { KeyHint } from '../ui/chip.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface PaletteItem {
  value: string;
  label: string;
  section: string;
  keys?: string;
  run: () => void;
}

/** Every command, every filter that has a name and every backend's switch, found by typing. */
export function Palette() {
  const app = useApp();
  const messages = useMessages();
  const open = useUi((state) => state.paletteOpen);
  const close = (): void => app.ui.setState({ paletteOpen: false });
  return (
    <Dialog open={open} onClose={close} title={messages.palette.label} hideTitle>
      <PaletteList close={close} />
    </Dialog>
  );
}

function PaletteList({ close }: { close: () => void }) {
  const app = useApp();
  const messages = useMessages();
  const state = useEngine((view) => view.state);
  const saved = useUi((ui) => ui.savedFilters);
  const items = useMemo(
    () => [...commandItems(app, messages), ...filterItems(app, messages, saved), ...backendItems(app, messages, state)],
    [app, messages, saved, state],
  );
  return (
    <Autocomplete.Root
      inline
      open
      items={items}
      itemToStringValue={(item: PaletteItem) => item.label}
      autoHighlight="always"
      keepHighlight
    >
      <Autocomplete.Input
        className="palette-input"
        placeholder={messages.palette.placeholder}
        aria-label={messages.palette.label}
        autoFocus
      />
      <Autocomplete.Empty>
        <div className="palette-empty">{messages.palette.empty}</div>
      </Autocomplete.Empty>
      <Autocomplete.List className="palette-list">
        {(item: PaletteItem) => (
          <Autocomplete.Item
            key={item.value}
            value={item}
            className="menu-item palette-item"
            onClick={() => {
              close();
              item.run();
            }}
          >
            {item.label}
            <span className="palette-section">{item.section}</span>
            {item.keys ? <KeyHint keys={item.keys} /> : null}
          </Autocomplete.Item>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

function commandItems(app: App, messages: Messages): PaletteItem[] {
  return (commandDefinitions as readonly (CommandDefinition & { id: CommandId })[])
    .filter(({ id }) => id !== 'palette.open')
    .map(({ id, section, key }) => ({
      value: id,
      label: messages.commands[id],
      section: messages.settings.sections[section],
      keys: key ? displayKeys(key, app.mac) : undefined,
      run: () => runCommand(app, id),
    }));
}

/** Presets that are commands, too. */
const COMMANDS: ReadonlySet<PresetName> = new Set(['failed', 'retried', 'pinned']);

/** Filters of one's own, and those that are always there. */
function filterItems(app: App, messages: Messages, saved: readonly SavedFilter[]): PaletteItem[] {
  const item = (name: string, filter: string): PaletteItem => ({
    value: `filter ${name}`,
    label: messages.filters.show(name),
    section: messages.settings.sections.traffic,
    run: () => showTraffic(app, filter),
  });
  const presets = (Object.entries(PRESETS) as [PresetName, string][]).filter(([name]) => !COMMANDS.has(name));
  return [
    ...saved.map(({ name, filter }) => item(name, filter)),
    ...presets.map(([name, filter]) => item(messages.filters.presets[name], filter)),
  ];
}

function backendItems(app: App, messages: Messages, state: EngineState | null): PaletteItem[] {
  return (state?.pools ?? []).flatMap((pool) =>
    pool.backends.flatMap((backend) => {
      const name = `${pool.name}/${backend.name}`;
      const item = (label: string, to: 'ready' | 'drain' | 'maint'): PaletteItem => ({
        value: `${name} ${to}`,
        label,
        section: messages.settings.sections.backends,
        run: () => app.setBackendState(pool.name, backend.name, to),
      });
      const texts = messages.backend;
      return [
        backend.state === 'ready' ? item(texts.takeOut(name), 'maint') : item(texts.bringBack(name), 'ready'),
        ...(backend.state === 'drain' ? [] : [item(texts.drain(name), 'drain')]),
        {
          value: `${name} faults`,
          label: messages.pools.faultsOf(name),
          section: messages.settings.sections.backends,
          run: () => app.ui.setState({ faultsOf: { pool: pool.name, backend: backend.name } }),
        },
      ];
    }),
  );
}
