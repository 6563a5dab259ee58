/** `map` and `geo`: their variables as cases of what they look at. */
import { allOf, escapePattern } from '../expressions.ts';
import { clientTest, sizeOf } from './addresses.ts';
import type { Ask, Case, Cases } from './cases.ts';
import { type Directive, named } from './syntax.ts';

/** By their variables, with the dollar. */
export type Maps = ReadonlyMap<string, Directive>;

/** Those whose variables nothing else gives a value. `sets`: of all of the file. */
export function mapsOf(http: readonly Directive[], sets: readonly Directive[]): Maps {
  const maps = [...named(http, 'map'), ...named(http, 'geo')];
  const names = [...maps.map(variableOf), ...sets.map(({ words: [name = ''] }) => name)];
  const isAlone = (name: string) => names.filter((each) => each === name).length === 1;
  return new Map(maps.flatMap((map) => (isAlone(variableOf(map)) ? [[variableOf(map), map]] : [])));
}

function variableOf({ words }: Directive): string {
  return words.at(-1) ?? '';
}

/** What paths are compared with on the way to a variable. */
export function pathsBehind(variable: string, maps: Maps, depth = 0): string[] {
  const map = maps.get(variable);
  const [source = ''] = map?.words ?? [];
  if (!map || map.name === 'geo' || depth > DEEPEST) return [];
  if (!/^\$\{?(?:document_)?uri\}?$/.test(source)) return pathsBehind(source, maps, depth + 1);
  const lines = (map.block ?? []).filter(({ name }) => name !== 'default');
  return lines.map(({ name }) => askedBy(name, false)[1]);
}

/** Of maps that look at one another. */
const DEEPEST = 8;

/** null: what it looks at, or how, cannot be said. `ask`: the condition of one line; `valuesOf`: what a value with variables may be. */
export function casesOf(map: Directive, ask: Ask, valuesOf: (value: string) => Cases | null): Cases | null {
  const lines = map.block ?? [];
  if (lines.some(({ words: [, ...more] }) => more.length > 0)) return null;
  const cases = map.name === 'geo' ? casesOfGeo(map, lines, ask) : casesOfMap(map, lines, ask);
  const made = cases?.map(({ when, value }) =>
    valuesOf(value)?.map((each): Case => ({ ...each, when: allOf([when, each.when]) })),
  );
  const known = made?.filter((each) => each !== undefined) ?? [];
  return made && known.length === made.length ? known.flat() : null;
}

/** Whether it stays what it is while nginx rewrites the request. */
export function isSteady(value: string): boolean {
  return !value
    .replace(/\$\{?(?:http_\w+|cookie_\w+|arg_\w+|host|scheme|remote_addr|request_method|request_uri)\b\}?/g, '')
    .includes('$');
}

function withDefault(cases: Case[], lines: readonly Directive[]): Cases {
  return [...cases, { value: lines.find(({ name }) => name === 'default')?.words[0] ?? '' }];
}

function casesOfMap({ words: [source = ''] }: Directive, lines: readonly Directive[], ask: Ask): Cases | null {
  const isOfHosts = lines.some(({ name, words }) => name === 'hostnames' && words.length === 0);
  const others = lines.filter(
    ({ name, words }) => name !== 'default' && !(words.length === 0 && /^(?:hostnames|volatile)$/.test(name)),
  );
  if (!/^\$\w+$/.test(source) || others.some(({ words }) => words.length === 0) || named(others, 'include').length > 0)
    return null;
  // Texts are looked up before patterns.
  const ordered = others.toSorted((a, b) => rankOf(a.name, isOfHosts) - rankOf(b.name, isOfHosts));
  const cases = ordered.map(({ name, words: [value = ''] }) => ({
    when: ask(source, ...askedBy(name, isOfHosts)),
    value,
  }));
  if (cases.some(({ when }) => when === null)) return null;
  const all = withDefault(
    cases.flatMap(({ when, value }): Case[] => (when ? [{ when: when === true ? undefined : `${when}`, value }] : [])),
    lines,
  );
  return all.slice(0, all.findIndex(({ when }) => when === undefined) + 1);
}

/** Exact names, the longest `*.name`, the longest `name.*`, patterns as they stand. */
function rankOf(line: string, isOfHosts: boolean): number {
  if (line.startsWith('~')) return 3;
  if (!isOfHosts) return 0;
  if (/^\*?\./.test(line)) return 1 + 1 / (line.length + 2);
  return line.endsWith('.*') ? 2 + 1 / (line.length + 2) : 0;
}

/** Texts are compared in any case. */
function askedBy(line: string, isOfHosts: boolean): [operator: string, value: string] {
  if (line === '') return ['=', ''];
  if (line.startsWith('~*')) return ['~*', line.slice(2)];
  if (line.startsWith('~')) return ['~', line.slice(1)];
  const [, before, name = line, after] = isOfHosts ? (/^(\*?\.)?(.*?)(\.\*)?$/.exec(line) ?? []) : [];
  const text = escapePattern(name.replace(/^\\/, ''));
  const start = before === undefined ? '' : before === '.' ? '(?:.*\\.)?' : '.*\\.';
  return ['~*', `^${start}${text}${after === undefined ? '' : '\\..*'}$`];
}

const OPTIONS = /^(?:delete|include|proxy|proxy_recursive|ranges|volatile)$/;

/** The longest network that has the address. */
function casesOfGeo({ words }: Directive, lines: readonly Directive[], ask: Ask): Cases | null {
  if (ask('$remote_addr', '=', '127.0.0.1') === null) return null;
  if ((words.length > 1 && words[0] !== '$remote_addr') || lines.some(({ name }) => OPTIONS.test(name))) return null;
  const networks = lines.filter(({ name }) => name !== 'default').toSorted((a, b) => sizeOf(b.name) - sizeOf(a.name));
  const cases = networks.map(({ name, words: [value = ''] }) => ({ when: clientTest(name), value }));
  const known = cases.flatMap(({ when, value }) => (when === null ? [] : [{ when, value }]));
  return known.length < cases.length ? null : withDefault(known, lines);
}
