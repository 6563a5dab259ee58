/** Variables that have one of several values, by conditions: of `map` and `geo`, and what `set` gives them before. */
import { compilePattern, isMistake } from '../../match/pattern.ts';
import { allOf } from '../expressions.ts';

export interface Case {
  /** Absent: always. */
  when?: string | undefined;
  /** It may have variables of nginx that stay as they are. */
  value: string;
}

/** The first whose condition holds; the last has none. */
export type Cases = readonly Case[];

export type Ask = (variable: string, operator: string | undefined, value: string) => Condition;

/** null: it cannot be said. */
export type Condition = string | boolean | null;

export function negated(condition: string): string {
  return /^not | (?:and|or) /.test(condition) ? `not (${condition})` : `not ${condition}`;
}

/** What is asked of the variable. `ask`: of those that its values have. */
export function conditionOn(cases: Cases, operator: string | undefined, value: string, ask: Ask): Condition {
  let rest: Condition = false;
  for (const each of cases.toReversed()) {
    const held = verdictOn(each.value, operator, value, ask);
    if (held === null || rest === null) return null;
    rest = each.when === undefined ? held : either(each.when, held, rest);
  }
  return rest;
}

function verdictOn(own: string, operator: string | undefined, value: string, ask: Ask): Condition {
  if (/^\$\w+$/.test(own)) return ask(own, operator, value);
  if (own.includes('$')) return null;
  if (operator === undefined) return own !== '' && own !== '0';
  if (/^!?=$/.test(operator)) return value.includes('$') ? null : (own === value) === (operator === '=');
  const pattern = compilePattern(value, operator.endsWith('*'));
  return isMistake(pattern) || !/^!?~\*?$/.test(operator) ? null : pattern.test(own) !== operator.startsWith('!');
}

function either(when: string, held: string | boolean, rest: string | boolean): string | boolean {
  if (held === rest) return held;
  const here = held === true ? when : held === false ? undefined : (allOf([when, held]) ?? '');
  if (rest === false) return here ?? false;
  if (held === true) return rest === true ? true : `${when} or ${rest}`;
  const there = rest === true ? negated(when) : (allOf([negated(when), rest]) ?? '');
  return here === undefined ? there : `${here} or ${there}`;
}

const VARIABLE = /\$(?:\{(\w+)\}|(\w+))/g;

/** Those that are named in texts. */
export function casedIn(texts: readonly string[], isCased: (name: string) => boolean): string[] {
  const names = texts.flatMap((text) => [...text.matchAll(VARIABLE)].map(([, braced, bare]) => `$${braced ?? bare}`));
  return [...new Set(names)].filter(isCased);
}

export function withValues(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(VARIABLE, (all, braced?: string, bare?: string) => values.get(`$${braced ?? bare}`) ?? all);
}

export interface World {
  /** Absent: whatever comes. */
  when: string | undefined;
  values: ReadonlyMap<string, string>;
}

/** More of them would be no config that a person reads. */
const MOST = 64;

/** What variables may be together, in an order in which the first that holds is right; null: too many. */
export function worldsOf(names: readonly string[], casesOf: (name: string) => Cases, most = MOST): World[] | null {
  let worlds: World[] = [{ when: undefined, values: new Map() }];
  for (const name of names) {
    const cases = casesOf(name);
    if (worlds.length * cases.length > most) return null;
    worlds = worlds.flatMap(({ when, values }) =>
      cases.map((each) => ({ when: allOf([when, each.when]), values: new Map([...values, [name, each.value]]) })),
    );
  }
  return worlds;
}
