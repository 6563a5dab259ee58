/** `map`: what an `if` asks of its variable, as a condition on what it looks at. */
import { allOf, escapePattern } from '../expressions.ts';
import { type Directive, named } from './syntax.ts';

/** By their variables, with the dollar. */
export type Maps = ReadonlyMap<string, Directive>;

/** Those whose variables nothing else gives a value. `sets`: of all of the file. */
export function mapsOf(http: readonly Directive[], sets: readonly Directive[]): Maps {
  const maps = named(http, 'map');
  const names = [...maps, ...sets].map(({ name, words }) => (name === 'map' ? words[1] : words[0]) ?? '');
  const isAlone = (name = '') => names.filter((each) => each === name).length === 1;
  return new Map(maps.flatMap((map) => (isAlone(map.words[1]) ? [[map.words[1] ?? '', map]] : [])));
}

/** Paths and hosts are compared in ways of their own. */
const SOURCES = /^\$(?:(?:http|cookie|arg)_\w+|request_method|scheme|remote_addr)$/;

/** What the variable of a map comes of; of others that is themselves. */
export function sourceOf(variable: string, maps: Maps): string {
  return maps.get(variable)?.words[0] ?? variable;
}

type Ask = (variable: string, operator: string, value: string) => string | null;

/** null: it cannot be said. `ask`: the condition of one line of the map. */
export function mapCondition(map: Directive, operator: string | undefined, value: string, ask: Ask): string | null {
  const [source = ''] = map.words;
  const lines = map.block ?? [];
  const isPlain = lines.every(
    ({ name, words }) => words.length === 1 && !/^(?:include|hostnames|volatile)$/.test(name),
  );
  const isKnown = isPlain && !lines.some(({ words: [result = ''] }) => result.includes('$')) && SOURCES.test(source);
  if (!isKnown || (operator !== undefined && !/^!?=$/.test(operator)) || value.includes('$')) return null;
  const holds = (result = '') =>
    operator === undefined ? result !== '' && result !== '0' : (result === value) === (operator === '=');
  const others = lines.filter(({ name }) => name !== 'default');
  const isPattern = ({ name }: Directive) => name.startsWith('~');
  // Texts are looked up before patterns.
  const ordered = [...others.filter((line) => !isPattern(line)), ...others.filter(isPattern)];
  let rest: string | boolean = holds(lines.find(({ name }) => name === 'default')?.words[0]);
  for (const line of ordered.toReversed()) {
    const isHeld = holds(line.words[0]);
    if (rest === isHeld) continue;
    const term = ask(source, ...asked(line.name, isHeld));
    if (term === null) return null;
    rest = typeof rest === 'boolean' ? term : joined(term, isHeld, rest);
  }
  return typeof rest === 'string' ? rest : null;
}

function joined(term: string, isHeld: boolean, rest: string): string {
  return isHeld ? `${term} or ${rest}` : (allOf([term, rest]) ?? '');
}

/** Texts are compared in any case. */
function asked(line: string, isHeld: boolean): [operator: string, value: string] {
  const not = isHeld ? '' : '!';
  if (line === '') return [`${not}=`, ''];
  if (line.startsWith('~*')) return [`${not}~*`, line.slice(2)];
  if (line.startsWith('~')) return [`${not}~`, line.slice(1)];
  return [`${not}~*`, `^${escapePattern(line.replace(/^\\/, ''))}$`];
}
