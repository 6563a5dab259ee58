import { useApp, useMessages } from '../app-context.tsx';
import {
  type CommandDefinition,
  type CommandId,
  commandDefinitions,
  displayKeys,
  listKeys,
} from '../commands/registry.ts';
import { KeyHint } from '../ui/chip.tsx';

const SECTIONS = ['view', 'traffic', 'rules', 'help'] as const;

/** Every key of the window, from the registry. */
export function KeyTable() {
  const app = useApp();
  const { settings, commands } = useMessages();
  const definitions = commandDefinitions as readonly (CommandDefinition & { id: CommandId })[];
  return (
    <div className="key-table">
      {SECTIONS.map((section) => (
        <KeySection
          key={section}
          title={settings.sections[section]}
          rows={definitions
            .filter((one) => one.section === section && one.key !== undefined)
            .map((one) => [commands[one.id], keysOf(one, app.mac)])}
        />
      ))}
      <KeySection
        title={settings.sections.backends}
        rows={[
          [settings.backendKeys, '1 – 9'],
          [settings.backendDrainKeys, displayKeys('Shift+1 – 9', app.mac)],
          [settings.backendFaultKeys, displayKeys('Alt+1 – 9', app.mac)],
        ]}
      />
      <KeySection title={settings.sections.list} rows={listKeys.map(({ id, keys }) => [settings.listKeys[id], keys])} />
    </div>
  );
}

function keysOf({ key, otherKey }: CommandDefinition, mac: boolean): string {
  return [key, otherKey].flatMap((one) => (one === undefined ? [] : displayKeys(one, mac))).join(' · ');
}

function KeySection({ title, rows }: { title: string; rows: readonly (readonly [text: string, keys: string])[] }) {
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
