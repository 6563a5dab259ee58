/**
 * What the engine says, in the language of the window. The engine, its logs and its API speak English; a table has the sentences
 * by their English wording with `{}` for what varies (gettext's way). What no table knows stays as it is.
 */

/**
 * English wording → the same in another language: `{}` or, by number, `{2}` is what varied, as it was; `{*}` or `{*2}` is translated
 * as well.
 */
export type EngineTexts = Readonly<Record<string, string>>;

interface Template {
  pattern: RegExp;
  text: string;
  /** What may not stand in the part that it begins with: there one sentence ends and the next begins, and both are known by themselves. */
  notBefore: readonly string[];
}

const REMEMBERED = 500;
/** What joins sentences that stand for themselves. */
const JOINS = ['; ', ' · ', ', '] as const;
/** Between whose it is and what is said of it. */
const COLON = ': ';

/** A function that translates. `joins`: how the other language writes them; default: the same. */
export function engineTexts(table: EngineTexts, joins: Partial<Record<(typeof JOINS)[number] | typeof COLON, string>>) {
  const templates = Object.entries(table)
    .toSorted(([a], [b]) => wordsOf(b) - wordsOf(a))
    .map(([english, text]): Template => ({ pattern: patternOf(english), text, notBefore: endsBefore(english, text) }));
  const known = new Map<string, string>();

  function translate(english: string): string {
    const found = known.get(english);
    if (found !== undefined) return found;
    const text = byTemplate(english) ?? inParts(english);
    if (known.size >= REMEMBERED) known.clear();
    known.set(english, text);
    return text;
  }

  function byTemplate(english: string): string | null {
    for (const { pattern, text, notBefore } of templates) {
      const match = pattern.exec(english);
      if (match && !notBefore.some((end) => match[1]?.includes(end))) return filled(text, match.slice(1), translate);
    }
    return null;
  }

  /** When each part, or one of them, is known by itself. */
  function inParts(english: string): string {
    for (const join of JOINS) {
      const parts = english.split(join);
      if (parts.length === 1) continue;
      const translated = parts.map(translate);
      if (translated.some((part, i) => part !== parts[i])) return translated.join(joins[join] ?? join);
    }
    const colon = english.indexOf(COLON);
    if (colon < 0) return english;
    const rest = english.slice(colon + COLON.length);
    const said = translate(rest);
    return said === rest ? english : `${english.slice(0, colon)}${joins[COLON] ?? COLON}${said}`;
  }

  return translate;
}

const PLACES = /\{(\*?)(\d?)\}/g;

/** How much of it is fixed: the most telling template is tried first. */
function wordsOf(english: string): number {
  return english.replaceAll('{}', '').length;
}

/** A part that is translated may have said whose it is. */
function endsBefore(english: string, text: string): readonly string[] {
  if (!english.startsWith('{}')) return [];
  const placed = [...text.matchAll(PLACES)].map(([, translated, number], place) => ({
    translated,
    part: number === '' ? place + 1 : Number(number),
  }));
  return placed.some(({ translated, part }) => translated && part === 1) ? ['; '] : ['; ', COLON];
}

function patternOf(english: string): RegExp {
  const fixed = english.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${fixed.join('(.*?)')}$`, 's');
}

function filled(text: string, parts: readonly string[], translate: (english: string) => string): string {
  let next = 0;
  return text.replace(PLACES, (place: string, translated: string, number: string, at: number) => {
    const part = parts[number === '' ? next++ : Number(number) - 1] ?? '';
    return spaced(text[at - 1], translated ? translate(part) : part, text[at + place.length]);
  });
}

/** Between Han and Latin stands a space. */
function spaced(before: string | undefined, part: string, after: string | undefined): string {
  return `${areOfTwoScripts(before, part[0]) ? ' ' : ''}${part}${areOfTwoScripts(part.at(-1), after) ? ' ' : ''}`;
}

function areOfTwoScripts(one = '', other = ''): boolean {
  return (HAN.test(one) && LATIN.test(other)) || (LATIN.test(one) && HAN.test(other));
}

const HAN = /[一-鿿]/;
const LATIN = /[a-z0-9]/i;
