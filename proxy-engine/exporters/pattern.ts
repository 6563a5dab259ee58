/** RE2 patterns for other engines. */

/** A pattern that starts where the text starts, and only there. */
export function isAnchored(pattern: string): boolean {
  return pattern.startsWith('^') && !pattern.includes('|');
}

/** RE2's spellings that PCRE does not have. */
export function patternText(pattern: string): string {
  return pattern.replaceAll('(?P<', '(?<').replaceAll('\\z', '$');
}

/** Number of numbered groups. */
export function groupCount(pattern: string): number {
  return pattern.match(/\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?)/g)?.filter((found) => found === '(').length ?? 0;
}
