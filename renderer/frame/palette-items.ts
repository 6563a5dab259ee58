import type { EngineState } from '../../proxy-engine/contract/state.ts';
import type { App } from '../app.ts';
import { COMMAND_WORDS } from '../commands/command-words.ts';
import { type CommandDefinition, type CommandId, commandDefinitions, displayKeys } from '../commands/registry.ts';
import { runCommand } from '../commands/run-commands.ts';
import { draftFrom, TEMPLATES } from '../drills/templates.ts';
import type { Messages } from '../i18n/messages.ts';
import { type OwnPreset, presetChoices, presetName } from '../rules/throttle-presets.ts';
import type { SavedFilter } from '../store/preferences.ts';
import { PRESETS, type PresetName } from '../traffic/filters/presets.ts';
import { showTraffic } from '../traffic/show-traffic.ts';

export interface PaletteItem {
  value: string;
  label: string;
  /** Other words by which it is found. */
  also?: string;
  section: string;
  keys?: string;
  run: () => void;
}

/** Whether all words that were typed stand in it, in any order. */
export function isMeant({ label, also, section }: PaletteItem, typed: string): boolean {
  const text = `${label} ${also ?? ''} ${section}`.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function commandItems(app: App, messages: Messages): PaletteItem[] {
  return (commandDefinitions as readonly (CommandDefinition & { id: CommandId })[])
    .filter(({ id }) => id !== 'palette.open')
    .map(({ id, title, section, key }) => ({
      value: id,
      label: messages.commands[id],
      also: `${title} ${COMMAND_WORDS[id] ?? ''}`,
      section: messages.settings.sections[section],
      keys: key ? displayKeys(key, app.mac) : undefined,
      run: () => runCommand(app, id),
    }));
}

/** Presets that are commands, too. */
const COMMANDS: ReadonlySet<PresetName> = new Set(['failed', 'retried', 'pinned']);

/** Filters of one's own, and those that are always there. */
export function filterItems(app: App, messages: Messages, saved: readonly SavedFilter[]): PaletteItem[] {
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

export function backendItems(app: App, messages: Messages, state: EngineState | null): PaletteItem[] {
  return (state?.pools ?? []).flatMap((pool) =>
    pool.backends.flatMap((backend) => {
      const name = `${pool.name}/${backend.name}`;
      const item = (label: string, to: 'ready' | 'drain' | 'maint', also?: string): PaletteItem => ({
        value: `${name} ${to}`,
        label,
        also,
        section: messages.settings.sections.backends,
        run: () => app.setBackendState(pool.name, backend.name, to),
      });
      const texts = messages.backend;
      return [
        backend.state === 'ready'
          ? item(texts.takeOut(name), 'maint', messages.palette.off)
          : item(texts.bringBack(name), 'ready', messages.palette.on),
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

export function ruleItems(app: App, { palette, settings }: Messages, state: EngineState | null): PaletteItem[] {
  const section = settings.sections.rules;
  return (state?.rules ?? []).flatMap(({ name, enabled }) => [
    {
      value: `rule ${name} switch`,
      label: enabled ? palette.ruleOff(name) : palette.ruleOn(name),
      also: enabled ? palette.off : palette.on,
      section,
      run: () => app.setRuleEnabled(name, !enabled),
    },
    {
      value: `rule ${name} open`,
      label: palette.openRule(name),
      section,
      run: () => app.ui.setState({ page: 'rules', rulesView: 'form', openRule: name, openRoute: null }),
    },
  ]);
}

/** All traffic as slow as a link, or no longer. */
export function throttleItems(app: App, messages: Messages, own: readonly OwnPreset[]): PaletteItem[] {
  const { ruleActions, palette, settings } = messages;
  return (['off', ...presetChoices(own)] as const).map((choice) => ({
    value: `throttle ${choice}`,
    label: palette.throttle(choice === 'off' ? ruleActions.throttleOff : presetName(choice, ruleActions.presets)),
    section: settings.sections.rules,
    // Reads the document, so it comes with what reads YAML.
    run: () => app.attempt(import('../rules/choose-throttle.ts').then((rules) => rules.chooseThrottle(app, choice))),
  }));
}

/** Drills to begin with, made for each pool. */
export function drillItems(
  app: App,
  { palette, drills, settings }: Messages,
  state: EngineState | null,
): PaletteItem[] {
  const pools = (state?.pools ?? []).filter(({ backends }) => backends.length > 0);
  return pools.flatMap((pool) =>
    TEMPLATES.map((template) => ({
      value: `drill ${template} ${pool.name}`,
      label: palette.drill(drills.template[template], pool.name),
      section: settings.sections.backends,
      run: () => {
        app.drills.setDraft(draftFrom(template, drills.template[template], pool));
        app.ui.setState({ page: 'drills' });
      },
    })),
  );
}
