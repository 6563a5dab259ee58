import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { quickThrottle, quickThrottleEdits } from '../rules/quick-throttle.ts';
import { THROTTLE_PRESETS, type ThrottlePreset } from '../rules/throttle-presets.ts';
import { Choice } from '../ui/menu.tsx';
import { showToast } from '../ui/toast.tsx';

/** Makes all traffic as slow as a link, and lets it go again. */
export function ThrottleChoice() {
  const app = useApp();
  const { ruleActions: texts } = useMessages();
  const rules = useStore(app.config.store, (state) => state.entries.rules);
  const value = quickThrottle(rules);
  const presets = Object.keys(THROTTLE_PRESETS) as ThrottlePreset[];

  async function choose(preset: ThrottlePreset | 'off' | 'own'): Promise<void> {
    const edits = preset === 'own' ? [] : quickThrottleEdits(rules, preset);
    const outcome = edits.length > 0 ? await app.config.edit(edits) : { ok: true as const };
    if (!outcome.ok) showToast('error', outcome.message);
  }

  return (
    <Choice
      label={texts.throttle}
      value={value}
      options={[
        { value: 'off', label: texts.throttleOff },
        ...presets.map((preset) => ({ value: preset, label: texts.presets[preset] })),
        ...(value === 'own' ? [{ value, label: texts.ownValues }] : []),
      ]}
      onChange={(preset) => void choose(preset)}
    />
  );
}
