import { readAction } from './action-kinds.ts';
import type { ConfigEdit } from './config-store.ts';
import { type RawRule, rulesOf } from './document.ts';
import { presetOf, THROTTLE_PRESETS, type ThrottlePreset } from './throttle-presets.ts';

/** The rule that the top bar writes: a rule as any other, which can be edited, moved and exported. */
const NAME = 'Throttle';

/** `off`, a preset, or `own` when somebody gave it other values or a condition. */
export function quickThrottle(text: string): ThrottlePreset | 'off' | 'own' {
  const rule = rulesOf(text).find(({ name }) => name === NAME);
  if (!rule || rule.enabled === false) return 'off';
  return (rule.match === undefined && presetOfRule(rule)) || 'own';
}

function presetOfRule({ request }: RawRule): ThrottlePreset | undefined {
  const action = request?.length === 1 ? readAction(request[0]) : null;
  return action?.id === 'throttle' ? presetOf(action.fields) : undefined;
}

/** What makes every exchange that slow, or no longer; none when nothing is to do. */
export function quickThrottleEdits(text: string, preset: ThrottlePreset | 'off'): ConfigEdit[] {
  const rules = rulesOf(text);
  const index = rules.findIndex(({ name }) => name === NAME);
  if (preset === 'off') return index < 0 ? [] : [{ path: ['rules', index, 'enabled'], value: false }];
  const request = [{ throttle: { ...THROTTLE_PRESETS[preset] } }];
  if (index >= 0)
    return [
      { path: ['rules', index, 'request'], value: request },
      { path: ['rules', index, 'enabled'], value: true },
    ];
  return [{ path: ['rules', '-'], value: { name: NAME, request } }];
}
