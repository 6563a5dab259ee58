import { Gauge } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { chooseThrottle } from '../rules/choose-throttle.ts';
import { quickThrottle } from '../rules/quick-throttle.ts';
import { presetChoices, presetName } from '../rules/throttle-presets.ts';
import { Choice } from '../ui/menu.tsx';

/** Makes all traffic as slow as a link, and lets it go again. */
export function ThrottleChoice() {
  const app = useApp();
  const { ruleActions: texts } = useMessages();
  const rules = useStore(app.config.store, (state) => state.entries.rules);
  const own = useUi((state) => state.throttlePresets);
  const value = quickThrottle(rules, own);

  return (
    <Choice
      label={texts.throttle}
      icon={<Gauge size={13} aria-hidden />}
      value={value}
      options={[
        { value: 'off', label: texts.throttleOff },
        ...presetChoices(own).map((choice) => ({ value: choice, label: presetName(choice, texts.presets) })),
        ...(value === 'own' ? [{ value, label: texts.ownValues }] : []),
      ]}
      onChange={(choice) => (choice === 'own' ? undefined : app.attempt(chooseThrottle(app, choice)))}
    />
  );
}
