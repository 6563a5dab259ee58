import { useStore } from 'zustand';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { quickThrottle, quickThrottleEdits } from '../rules/quick-throttle.ts';
import { type PresetChoice, presetChoices, type ThrottlePreset } from '../rules/throttle-presets.ts';
import { Choice } from '../ui/menu.tsx';
import { showToast } from '../ui/toast.tsx';

/** Makes all traffic as slow as a link, and lets it go again. */
export function ThrottleChoice() {
  const app = useApp();
  const { ruleActions: texts } = useMessages();
  const rules = useStore(app.config.store, (state) => state.entries.rules);
  const own = useUi((state) => state.throttlePresets);
  const value = quickThrottle(rules, own);
  const nameOf = (choice: PresetChoice): string =>
    choice.startsWith('own:') ? choice.slice(4) : texts.presets[choice as ThrottlePreset];

  async function choose(preset: PresetChoice | 'off' | 'own'): Promise<void> {
    const edits = preset === 'own' ? [] : quickThrottleEdits(rules, preset, own);
    const outcome = edits.length > 0 ? await app.config.edit(edits) : { ok: true as const };
    if (!outcome.ok) showToast('error', outcome.message);
  }

  return (
    <Choice
      label={texts.throttle}
      value={value}
      options={[
        { value: 'off', label: texts.throttleOff },
        ...presetChoices(own).map((choice) => ({ value: choice, label: nameOf(choice) })),
        ...(value === 'own' ? [{ value, label: texts.ownValues }] : []),
      ]}
      onChange={(preset) => void choose(preset)}
    />
  );
}
