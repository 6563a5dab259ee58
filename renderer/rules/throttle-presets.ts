/** Links to try with, as WebPageTest measures them: bandwidth down and up, round trip. */
export const THROTTLE_PRESETS = {
  dialUp: { down: '49kbps', up: '30kbps', latency: '120ms' },
  edge: { down: '240kbps', up: '200kbps', latency: '840ms' },
  slow3g: { down: '400kbps', up: '400kbps', latency: '400ms' },
  fast3g: { down: '1.6Mbps', up: '768kbps', latency: '150ms' },
  slowDsl: { down: '1.5Mbps', up: '384kbps', latency: '50ms' },
  cable: { down: '5Mbps', up: '1Mbps', latency: '28ms' },
  lte: { down: '12Mbps', up: '12Mbps', latency: '70ms' },
} as const;

export type ThrottlePreset = keyof typeof THROTTLE_PRESETS;

/** The preset with exactly these values. */
export function presetOf(fields: Readonly<Record<string, string>>): ThrottlePreset | undefined {
  const names = Object.keys(THROTTLE_PRESETS) as ThrottlePreset[];
  return names.find((name) => {
    const { down, up, latency } = THROTTLE_PRESETS[name];
    return fields.down === down && fields.up === up && fields.latency === latency;
  });
}

/** A link with a name that somebody gave it; empty values are left out. */
export interface OwnPreset {
  name: string;
  down: string;
  up: string;
  latency: string;
}

/** `own:NAME` for one's own. */
export type PresetChoice = ThrottlePreset | `own:${string}`;

/** All there are to choose from, one's own last. */
export function presetChoices(own: readonly OwnPreset[]): PresetChoice[] {
  return [...(Object.keys(THROTTLE_PRESETS) as ThrottlePreset[]), ...own.map(({ name }) => `own:${name}` as const)];
}

/** What a choice is called; `names`: of the presets, in the language of the window. */
export function presetName(choice: PresetChoice, names: Record<ThrottlePreset, string>): string {
  return choice.startsWith('own:') ? choice.slice('own:'.length) : names[choice as ThrottlePreset];
}

/** What a choice writes into a rule. */
export function presetValues(choice: PresetChoice, own: readonly OwnPreset[]): Record<string, string> | undefined {
  if (!choice.startsWith('own:')) return { ...THROTTLE_PRESETS[choice as ThrottlePreset] };
  const preset = own.find(({ name }) => `own:${name}` === choice);
  return preset && givenValues(preset);
}

/** The choice with exactly these values. */
export function choiceOf(
  fields: Readonly<Record<string, string>>,
  own: readonly OwnPreset[],
): PresetChoice | undefined {
  const wanted = JSON.stringify(givenValues(fields));
  const found = own.find((preset) => JSON.stringify(givenValues(preset)) === wanted);
  return presetOf(fields) ?? (found && `own:${found.name}`);
}

function givenValues(fields: { down?: string; up?: string; latency?: string }): Record<string, string> {
  const { down = '', up = '', latency = '' } = fields;
  return Object.fromEntries(Object.entries({ down, up, latency }).filter(([, value]) => value !== ''));
}
