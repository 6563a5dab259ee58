/** What is known of variables at a place of the rewrite phase: `map` and `geo` of the file, and what `set` has said until then. */
import { allOf } from '../expressions.ts';
import {
  type Ask,
  type Case,
  type Cases,
  type Condition,
  casedIn,
  conditionOn,
  type World,
  withValues,
  worldsOf,
} from './cases.ts';
import { comparison, looseComparison, withoutParentheses } from './conditions.ts';
import { casesOf, isSteady, type Maps } from './maps.ts';
import type { Directive } from './syntax.ts';

/** What `set` has given a variable. */
interface Given {
  /** null: nobody knows here. */
  cases: Cases | null;
  by: readonly Directive[];
}

export type Sets = ReadonlyMap<string, Given>;

interface Around {
  maps: Maps;
  /** Variables that something else than `set` may give a value. */
  assigned: ReadonlySet<string>;
  /** Variables of nginx of which nothing is known at this place. */
  isInVain: (variable: string) => boolean;
}

/** More of them are no value any more that anybody could follow. */
const MOST_VALUES = 64;

/** nginx gives them a value itself. */
const BUILT_IN = /^\$(?:args|limit_rate|uri|document_uri|host)$|^\$(?:http|arg|cookie|sent_http|upstream_http)_/;

export class KnownVariables {
  readonly sets: Map<string, Given>;
  readonly #around: Around;
  readonly #mapped = new Map<string, Cases | null>();

  constructor(around: Around, sets: Sets) {
    this.#around = around;
    this.sets = new Map(sets);
  }

  /** null: it is none of these, or its values are not known. */
  casesOf(variable: string): Cases | null {
    const set = this.sets.get(variable);
    if (set) return set.cases;
    const map = this.#around.maps.get(variable);
    if (!map) return null;
    if (!this.#mapped.has(variable)) {
      // One that comes back to itself is not known.
      this.#mapped.set(variable, null);
      this.#mapped.set(
        variable,
        casesOf(map, this.ask, (value) => this.#valuesOf(value)),
      );
    }
    return this.#mapped.get(variable) ?? null;
  }

  readonly ask: Ask = (variable, operator, value): Condition => {
    const cases = variable === '$server_protocol' ? PROTOCOLS : this.casesOf(variable);
    if (cases) return conditionOn(cases, operator, value, this.ask);
    const isUnknown = this.sets.has(variable) || this.#around.maps.has(variable) || this.#around.isInVain(variable);
    return isUnknown ? null : comparison(variable, operator, value);
  };

  /** Of an `if`. */
  conditionOf(words: readonly string[]): Condition {
    const [variable = '', operator, value = ''] = withoutParentheses(words);
    return this.ask(variable, operator, value);
  }

  /** What holds at least where that of an `if` does, of a pattern that only nginx reads; null: that is not known. */
  looseConditionOf(words: readonly string[]): string | null {
    const [variable = '', operator, value = ''] = withoutParentheses(words);
    const isOwn = this.sets.has(variable) || this.#around.maps.has(variable) || this.#around.isInVain(variable);
    return isOwn ? null : looseComparison(variable, operator, value);
  }

  /** What has given variables of texts or conditions their values, whatever stands between. */
  behind(texts: readonly string[]): Directive[] {
    const found = new Set<Directive>();
    const look = (text: string): void => {
      for (const [, braced, bare] of text.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
        const name = `$${braced ?? bare}`;
        for (const each of this.casesOf(name) ? this.#giving(name) : [])
          if (!found.has(each)) {
            found.add(each);
            const values = (each.block ?? []).flatMap(({ words }) => words);
            for (const word of [...(each.name === 'set' ? each.words.slice(1) : each.words), ...values]) look(word);
          }
      }
    };
    for (const text of texts) look(text);
    return [...found];
  }

  #giving(name: string): readonly Directive[] {
    const map = this.#around.maps.get(name);
    return this.sets.get(name)?.by ?? (map ? [map] : []);
  }

  /** What the variables in texts may be; null: too many, or there are none of several values. */
  worldsFor(texts: readonly string[], most?: number): World[] | null {
    const names = casedIn(texts, (name) => this.casesOf(name) !== null);
    return names.length === 0 ? null : worldsOf(names, (name) => this.casesOf(name) ?? [], most);
  }

  /** The same, where variables have these values. */
  within({ values }: World): KnownVariables {
    const sets = [...values].map(([name, value]): [string, Given] => [name, { cases: [{ value }], by: [] }]);
    return new KnownVariables(this.#around, new Map([...this.sets, ...sets]));
  }

  /** `set`, for requests of which `when` holds; null: nobody knows for which. */
  set(directive: Directive, when: string | undefined | null): void {
    const [name = '', text = ''] = directive.words;
    const given = this.sets.get(name) ?? { cases: this.#isFree(name) ? NONE : null, by: [] };
    const isOwn = BUILT_IN.test(name) || !this.#isFree(name);
    const values = isOwn || when === null ? null : this.#valuesOf(text);
    const made = values && after(given.cases, values, when ?? undefined);
    this.sets.set(name, { cases: made, by: [...(when === undefined ? [] : given.by), directive] });
  }

  #isFree(name: string): boolean {
    return !this.#around.assigned.has(name.slice(1));
  }

  #valuesOf(text: string): Cases | null {
    const worlds = this.worldsFor([text], MOST_VALUES) ?? [{ when: undefined, values: new Map<string, string>() }];
    const values = worlds.map(({ when, values }) => ({ when, value: withValues(text, values) }));
    return values.every(({ value }) => isSteady(value)) ? values : null;
  }
}

const PROTOCOLS: Cases = [
  { when: 'protocol = HTTP/1.0', value: 'HTTP/1.0' },
  { when: 'protocol = HTTP/1.1', value: 'HTTP/1.1' },
  { value: 'HTTP/2.0' },
];

/** A variable that nobody has set is empty. */
const NONE: Cases = [{ value: '' }];

/** What it is then: the new values where `when` holds, else those before. */
function after(before: Cases | null, values: Cases, when: string | undefined): Cases | null {
  if (when !== undefined && before === null) return null;
  const given = values.map((each): Case => ({ ...each, when: allOf([when, each.when]) }));
  const made = when === undefined ? given : [...given, ...(before ?? [])];
  return made.length > MOST_VALUES ? null : made;
}
