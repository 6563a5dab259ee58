export const HEAVIEST = 256;
/** A drag of so many pixels doubles the heaviest weight of a pool; one of weight 1 moves a step each ten. */
const PIXELS_PER_HEAVIEST = 80;
const PIXELS_PER_STEP = 10;

/** The weight typed, or null when it is not a whole number from 0 to 256. */
export function parseWeight(text: string): number | null {
  const weight = Number(text);
  return /^\d+$/.test(text.trim()) && weight <= HEAVIEST ? weight : null;
}

/** The weight after a drag of `pixels` to the right, in a pool whose heaviest backend weighs `heaviest`. */
export function draggedWeight(start: number, pixels: number, heaviest: number): number {
  const perPixel = Math.max(1 / PIXELS_PER_STEP, heaviest / PIXELS_PER_HEAVIEST);
  return clamp(Math.round(start + pixels * perPixel));
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowUp: 1,
  ArrowRight: 1,
  ArrowDown: -1,
  ArrowLeft: -1,
  PageUp: 10,
  PageDown: -10,
  Home: -HEAVIEST,
  End: HEAVIEST,
};

/** The weight after a key of a slider (WAI-ARIA); null: the key does nothing. */
export function steppedWeight(weight: number, key: string): number | null {
  const step = STEPS[key];
  return step === undefined ? null : clamp(weight + step);
}

function clamp(weight: number): number {
  return Math.min(HEAVIEST, Math.max(0, weight));
}
