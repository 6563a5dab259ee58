import { tinykeys } from 'tinykeys';
import type { App } from '../app.ts';
import { isTaken } from './fields.ts';
import { lostTyping } from './lost-typing.ts';
import { BACKEND_KEYS, type CommandDefinition, type CommandId, commandDefinitions } from './registry.ts';
import { openFaults, runCommand, switchBackend } from './run-commands.ts';
import { stepBack } from './text-history.ts';
import { walkWith } from './walk.ts';

const isCommandId = (id: string): id is CommandId => commandDefinitions.some((definition) => definition.id === id);

/** A key that an input method takes, to choose or give up a character, is a key for nobody here; Safari tells the last one by its code alone. */
function leaveToInputMethod(event: KeyboardEvent): void {
  if (event.isComposing || event.keyCode === COMPOSING_KEY) event.stopImmediatePropagation();
}

const COMPOSING_KEY = 229;

/** Listens for the keys of the registry and, in the desktop window, for the native menu. */
export function bindCommands(app: App, page: Window): void {
  const bindings: Record<string, (event: KeyboardEvent) => void> = {};
  const isLost = lostTyping(page);
  const pressed = (event: KeyboardEvent, whileTyping: boolean | undefined, run: () => void) => {
    if (!whileTyping && (isTaken(event.target) || isLost())) return;
    event.preventDefault();
    run();
  };
  for (const { id, key, otherKey, whileTyping } of commandDefinitions as readonly CommandDefinition[])
    for (const one of [key, otherKey])
      if (one !== undefined && isCommandId(id))
        bindings[one] = (event) => pressed(event, whileTyping, () => runCommand(app, id));
  for (const digit of BACKEND_KEYS) {
    bindings[`Digit${digit}`] = (event) => pressed(event, false, () => switchBackend(app, digit, false));
    bindings[`Shift+Digit${digit}`] = (event) => pressed(event, false, () => switchBackend(app, digit, true));
    bindings[`Alt+Digit${digit}`] = (event) => pressed(event, false, () => openFaults(app, digit));
  }
  page.addEventListener('keydown', leaveToInputMethod, { capture: true });
  tinykeys(page, bindings, { ignore: () => false });
  page.addEventListener('keydown', (event) => (isTaken(event.target) || isLost() ? undefined : walkWith(event)));
  page.desktop?.onCommand((id) => {
    if (id === 'undo' || id === 'redo') stepBack(app, id);
    else if (isCommandId(id)) runCommand(app, id);
  });
}
