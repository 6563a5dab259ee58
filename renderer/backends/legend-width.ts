/** Pixels, about: of a letter, of the swatch and the gaps of a name, and of `+12`. */
const LETTER = 7;
const AROUND_NAME = 26;
const REST = 28;
/** Letters; longer names are cut. */
const LONGEST_NAME = 12;

/** How many of the first names find room, where `+n` stands for the others. */
export function namesThatFit(names: readonly string[], width: number): number {
  let used = 0;
  for (const [at, name] of names.entries()) {
    used += Math.min(LONGEST_NAME, name.length) * LETTER + AROUND_NAME;
    if (used + (at === names.length - 1 ? 0 : REST) > width) return at;
  }
  return names.length;
}
