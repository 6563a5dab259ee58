/** `root`, `alias` and `try_files` as files that answer. */
import { isAbsolute, posix } from 'node:path';
import type { DraftAction } from '../draft.ts';
import { literal } from '../expressions.ts';
import type { Site } from './site.ts';
import { type Directive, last, named } from './syntax.ts';

export interface Files {
  /** `try_files`, else `root` or `alias`. */
  directive: Directive;
  dir: string;
  /** Of the path, before the rest of it is looked for. */
  strip?: string;
  actions: DraftAction[];
  /** What comes when none of them is there. */
  end: { kind: 'status'; status: number } | { kind: 'named'; name: string } | { kind: 'path'; path: string };
}

interface Place {
  directive: Directive;
  dir: string;
  strip?: string;
}

/** null: the location has none. */
export function filesOf(site: Site): Files | null {
  const found = placeOf(site);
  const { ledger } = site;
  const tried = last(site.found.location.block ?? [], 'try_files');
  if (!found || found.dir.includes('$')) return tried ? withoutPlace(tried, site) : null;
  const { directive, ...place } = found;
  ledger.settle(directive);
  if (!isAbsolute(place.dir))
    ledger.approximate(directive, 'nginx looks below its own prefix; here it is relative to the config');
  noteIndex(site);
  const links = last(site.directives, 'disable_symlinks');
  if (links && links.words[0] !== 'off') {
    ledger.refuse(
      links,
      'symbolic links within a directory are followed here; in the place of its files 403 is answered',
    );
    return { directive, ...place, actions: [], end: { kind: 'status', status: 403 } };
  }
  if (tried) return { directive: tried, ...place, ...triedOf(tried, place, site) };
  const isFile = site.place.modifier === '=' && directive.name === 'alias' && !place.dir.endsWith('/');
  const action: DraftAction = { mapLocal: isFile ? { file: place.dir } : { ...place, missing: 404 } };
  return { directive, ...place, actions: [action], end: { kind: 'status', status: 404 } };
}

/** No file is found; it goes on. */
function withoutPlace(directive: Directive, site: Site): Files {
  site.ledger.approximate(directive, 'no directory is known for it: no file is looked for');
  return { directive, dir: '', actions: [], end: endOf(directive, site) };
}

/** The nearest `root` or `alias`; an `alias` stands for the path of the location that it is in. */
function placeOf({ found, block }: Site): Place | null {
  for (const { location, place } of [found, ...found.around.toReversed()]) {
    const directive = last(location.block ?? [], 'alias') ?? last(location.block ?? [], 'root');
    const dir = directive?.words[0];
    if (directive?.name === 'alias' && place.modifier.startsWith('~')) return null;
    if (directive && dir !== undefined)
      return directive.name === 'alias' ? { directive, dir, strip: place.path } : { directive, dir };
  }
  const directive = last(block, 'root');
  const dir = directive?.words[0];
  return directive && dir !== undefined ? { directive, dir } : null;
}

/** A directory answers with index.html only. */
function noteIndex({ directives, ledger }: Site): void {
  for (const directive of named(directives, 'index')) {
    if (directive.words.every((name) => name === 'index.html')) ledger.settle(directive);
    else ledger.approximate(directive, 'a directory answers with its index.html only');
  }
}

function triedOf(directive: Directive, place: Omit<Place, 'directive'>, site: Site): Pick<Files, 'actions' | 'end'> {
  const end = endOf(directive, site);
  const { words, file } = lastFile(directive.words.slice(0, -1), end);
  site.ledger.settle(directive);
  const known = words.filter((word) => KNOWN.has(word));
  if (known.length < words.length)
    site.ledger.approximate(
      directive,
      `it looks for ${words.filter((word) => !KNOWN.has(word)).join(' and ')} in nginx only`,
    );
  if (words.includes('$uri/index.html'))
    site.ledger.approximate(directive, 'a directory answers where its address ends in a slash, else leads there');
  if (words.includes('$uri/'))
    site.ledger.approximate(directive, 'a directory without index.html counts as missing; nginx answers 403');
  const isListed = words.includes('$uri/') || words.includes('$uri/index.html');
  const actions: DraftAction[] = [];
  if (known.length > 0) actions.push({ mapLocal: { ...place, ...(!isListed && { index: false }), missing: 'pass' } });
  if (words.includes('$uri.html')) actions.push(...withEnding(place));
  if (file === undefined) return { actions, end };
  if (directive.words.slice(words.length).join(' ') !== `${file} =404`)
    site.ledger.approximate(directive, `${file} is taken to be there: what stands behind it is left out`);
  return { actions: [...actions, { mapLocal: { file: posix.join(place.dir, file) } }], end };
}

/** A file by its name that comes for all that is left; only a status stands behind it, for when it is not there. */
function lastFile(words: readonly string[], end: Files['end']): { words: readonly string[]; file?: string } {
  const first = words.findLastIndex((word) => !/^\/[^$]*[^$/]$/.test(word)) + 1;
  const file = end.kind === 'status' ? words[first] : undefined;
  return file === undefined ? { words } : { words: words.slice(0, first), file };
}

const KNOWN = new Set(['$uri', '$uri/', '$uri.html', '$uri/index.html']);

/** The path has the ending while the file is looked for. */
function withEnding(place: Omit<Place, 'directive'>): DraftAction[] {
  return [
    { path: { replace: '^(.*)$', with: '$1.html' } },
    { mapLocal: { ...place, index: false, missing: 'pass' } },
    { path: { replace: '^(.*)\\.html$', with: '$1' } },
  ];
}

function endOf(directive: Directive, { ledger }: Site): Files['end'] {
  const end = directive.words.at(-1) ?? '=404';
  if (end.startsWith('=')) return { kind: 'status', status: Number(end.slice(1)) };
  if (end.startsWith('@')) return { kind: 'named', name: end };
  const [path = '', args] = end.split(/\?(.*)/s);
  if (path.includes('$') || !path.startsWith('/')) {
    ledger.approximate(directive, `404 is answered in the place of ${literal(end).replaceAll('$$', '$')}`);
    return { kind: 'status', status: 404 };
  }
  if (args === undefined || !/^(\$is_args)?\$(args|query_string)$/.test(args))
    ledger.approximate(directive, 'the parameters of the request stay as they are');
  return { kind: 'path', path };
}
