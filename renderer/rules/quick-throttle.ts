import type { ConfigEdit } from '../../proxy-engine/contract/config-edit.ts';
import { readAction } from './action-kinds.ts';
import { type Entry, namesOf, type RawRule } from './document.ts';
import { freeName } from './new-rule.ts';
import { choiceOf, type OwnPreset, type PresetChoice, presetValues } from './throttle-presets.ts';

/** The rule that the top bar writes: a rule as any other, which can be edited, moved and exported. */
const NAME = 'Throttle';

/** `off`, a preset, or `own` when somebody gave it other values or a condition. */
export function quickThrottle(rules: readonly Entry[], own: readonly OwnPreset[] = []): PresetChoice | 'off' | 'own' {
  const rule = ownThrottle(rules)?.raw;
  if (!rule || rule.enabled === false) return 'off';
  return (rule.match === undefined && presetOfRule(rule, own)) || 'own';
}

/** Never one of an included document: what slows this desk down is no matter of a team. */
function ownThrottle(rules: readonly Entry[]): Entry | undefined {
  return rules.find(({ name, included }) => !included && /^Throttle( \d+)?$/.test(name));
}

function presetOfRule({ request }: RawRule, own: readonly OwnPreset[]): PresetChoice | undefined {
  const action = request?.length === 1 ? readAction(request[0]) : null;
  return action?.id === 'throttle' ? choiceOf(action.fields, own) : undefined;
}

/** What makes every exchange that slow, or no longer; none when nothing is to do. */
export function quickThrottleEdits(
  rules: readonly Entry[],
  preset: PresetChoice | 'off',
  own: readonly OwnPreset[] = [],
): ConfigEdit[] {
  const there = ownThrottle(rules);
  const set = (key: string, value: unknown): ConfigEdit[] =>
    there ? [{ path: ['rules', there.name, key], value }] : [];
  if (preset === 'off') return set('enabled', false);
  const throttle = presetValues(preset, own);
  if (!throttle) return [];
  const request = [{ throttle }];
  if (there) return [...set('request', request), ...set('enabled', true)];
  return [{ insert: 'rules', value: { name: freeName(NAME, namesOf(rules)), request } }];
}
