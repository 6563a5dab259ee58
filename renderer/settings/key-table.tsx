import { useApp, useMessages } from '../app-context.tsx';
import {
  type CommandDefinition,
  type CommandId,
  commandDefinitions,
  displayKeys,
  listKeys,
} from '../commands/registry.ts';
import { KeyHint } from '../ui/chip.tsx';

const SECTIONS = ['file', 'view', 'traffic', 'backends', 'rules', 'help'] as const;

type KeyRow = readonly [text: string, keys: string];

/** Every key of the window: those of the registry, and those that act where the focus is. */
export function KeyTable() {
  const app = useApp();
  const { settings, commands } = useMessages();
  const definitions = commandDefinitions as readonly (CommandDefinition & { id: CommandId })[];
  const further: Partial<Record<CommandDefinition['section'], KeyRow[]>> = {
    traffic: [[settings.sendKeys, displayKeys('$mod+Enter', app.mac)]],
    backends: [
      [settings.backendKeys, '1 – 9'],
      [settings.backendDrainKeys, displayKeys('Shift+1 – 9', app.mac)],
      [settings.backendFaultKeys, displayKeys('Alt+1 – 9', app.mac)],
    ],
    rules: [
      [settings.orderKeys, displayKeys('Alt+↑ ↓', app.mac)],
      [settings.leaveEditorKeys, 'Esc Tab'],
    ],
  };
  return (
    <div className="key-table">
      {SECTIONS.map((section) => (
        <KeySection
          key={section}
          title={settings.sections[section]}
          rows={[
            ...definitions
              .filter((one) => one.section === section && one.key !== undefined)
              .map((one): KeyRow => [commands[one.id], keysOf(one, app.mac)]),
            ...(further[section] ?? []),
          ]}
        />
      ))}
      <KeySection title={settings.sections.list} rows={listKeys.map(({ id, keys }) => [settings.listKeys[id], keys])} />
    </div>
  );
}

function keysOf({ key, otherKey }: CommandDefinition, mac: boolean): string {
  return [key, otherKey].flatMap((one) => (one === undefined ? [] : displayKeys(one, mac))).join(' · ');
}

function KeySection({ title, rows }: { title: string; rows: readonly KeyRow[] }) {
  if (rows.length === 0) return null;
  return (
    <section className="key-section">
      <h3>{title}</h3>
      {rows.map(([text, keys]) => (
        <div key={text} className="key-row">
          {text}
          <KeyHint keys={keys} />
        </div>
      ))}
    </section>
  );
}
