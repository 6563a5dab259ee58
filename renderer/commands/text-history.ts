import type { App } from '../app.ts';
import { isField, isTaken } from './fields.ts';
import { runCommand } from './run-commands.ts';

/** *Undo* and *Redo* of a native menu do what their keys do: in the text that has the focus, else with the config. */
export function stepBack(app: App, way: 'undo' | 'redo'): void {
  const focused = document.activeElement;
  if (!isField(focused)) return isTaken(focused) ? undefined : runCommand(app, `config.${way}`);
  // The editor of the YAML has a history of its own, of which the browser's knows nothing.
  const inputType = way === 'undo' ? 'historyUndo' : 'historyRedo';
  const event = new InputEvent('beforeinput', { inputType, bubbles: true, cancelable: true });
  if (focused.dispatchEvent(event)) document.execCommand(way);
}
