import { app, dialog } from 'electron';
import type { Told } from './texts.ts';

/** Tells a person, and standard error. */
export function tell(told: Told): void {
  process.stderr.write(`switchyard: ${told.message} ${told.detail}\n`);
  void dialog.showMessageBox({ title: app.name, ...told });
}
