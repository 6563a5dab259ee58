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
