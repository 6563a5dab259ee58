import type { App } from '../app.ts';
import { showToast } from '../ui/toast.tsx';
import { quickThrottleEdits } from './quick-throttle.ts';
import type { PresetChoice } from './throttle-presets.ts';

/** Makes all traffic as slow as a link, or lets it go again. */
export async function chooseThrottle(app: App, choice: PresetChoice | 'off'): Promise<void> {
  const { entries } = app.config.store.getState();
  const edits = quickThrottleEdits(entries.rules, choice, app.ui.getState().throttlePresets);
  if (edits.length === 0) return;
  const outcome = await app.config.edit(edits);
  if (!outcome.ok) showToast('error', outcome.message);
}
