/** Charles's tools that have a counterpart: Rewrite, Map Remote, Map Local and Block List. */
import { type Json, listAt, recordAt, textAt } from '../../foreign-json.ts';
import type { Draft, DraftAction } from '../draft.ts';
import { allOf, anyOf, literal, wildPattern } from '../expressions.ts';
import type { ImportOptions } from '../import.ts';
import { isOn, locationMatch, pathOf, WILD } from './locations.ts';
import { readRewriteSet } from './rewrite-sets.ts';

export interface Around {
  /** Whether what they stand in is on. */
  isOn: boolean;
  isFile: ImportOptions['isFile'];
}

/** By the names of their elements, in the order in which they act: what is blocked or local is told by the request as it came. */
export const TOOLS: Readonly<Record<string, (tool: Json, draft: Draft, around: Around) => void>> = {
  blacklist: readBlockList,
  mapLocal: readMapLocal,
  rewriteSet: readRewriteSet,
  map: readMapRemote,
};

/** The first that holds takes the request there. Rules see what earlier ones did, so the last one comes first, for what no other takes. */
function readMapRemote(map: Json, draft: Draft): void {
  const all = mappings(map, 'mapMapping');
  for (const [i, mapping] of [...all.entries()].reverse()) {
    const before = all.slice(0, i).filter((each) => isOn(each, 'enabled') && mayOverlap(each, mapping));
    const taken = before.map((each) => locationMatch(recordAt(each, 'sourceLocation')));
    readRemote({ map, mapping, source: recordAt(mapping, 'sourceLocation') }, `map remote ${i + 1}`, taken, draft);
  }
}

/** `taken`: conditions of those that come before it. */
function readRemote(mapped: Mapped, at: string, taken: readonly (string | undefined)[], draft: Draft): void {
  const { mapping, source } = mapped;
  const dest = recordAt(mapping, 'destLocation');
  const name = `${textAt(source, 'host') || 'any host'} to ${textAt(dest, 'host') || 'the same host'}`;
  if (textAt(dest, 'host') === '') return draft.refuse(at, name, 'its destination has no host; use a path action');
  if (taken.includes(undefined)) return draft.refuse(at, name, 'one before it takes all requests');
  if (/\*./.test(pathOf(dest))) return draft.refuse(at, name, 'its destination has a wildcard within its path');
  const preserveHost = textAt(mapping, 'preserveHostHeader') === 'true';
  const { actions, why } = pathActions(source, dest);
  const request: DraftAction[] = [...actions, { mapRemote: { url: originOf(dest, source), preserveHost } }];
  const left = textAt(dest, 'query').trim() === '' ? undefined : 'the query of its destination is left out';
  const told = [why, left].filter((each) => each !== undefined).join('; ');
  const others = anyOf(taken.filter((each) => each !== undefined));
  const but = others === undefined ? undefined : `not (${others})`;
  addMapped(draft, at, `Map ${name}`, { ...mapped, but }, request, told || undefined);
}

/** Whether a request may be for both: plain hosts tell them apart. */
function mayOverlap(one: unknown, other: unknown): boolean {
  const [a, b] = [one, other].map((each) => textAt(recordAt(each, 'sourceLocation'), 'host').trim().toLowerCase());
  const isPlain = (host = '') => host !== '' && host.search(WILD) < 0;
  return !isPlain(a) || !isPlain(b) || a === b;
}

/** Below a folder of the source the rest of the path stays. */
function pathActions(source: Json | null, dest: Json | null): { actions: DraftAction[]; why?: string } {
  const to = pathOf(dest).replace(/\*$/, '');
  const from = pathOf(source) || '/*';
  const folder = from.replace(/\*$/, '');
  if (to === '' || to === folder) return { actions: [] };
  if (!from.endsWith('*')) return { actions: [{ path: { set: literal(to) } }] };
  const isOpen = folder.endsWith('/') && !to.endsWith('/');
  return {
    actions: [{ path: { replace: `^${wildPattern(folder, WILD)}`, with: literal(isOpen ? `${to}/` : to) } }],
    ...(isOpen ? { why: `its destination is taken as the folder ${to}/` } : {}),
  };
}

function originOf(dest: Json | null, source: Json | null): string {
  const scheme = textAt(dest, 'protocol') || textAt(source, 'protocol') || 'http';
  const port = textAt(dest, 'port');
  return `${scheme}://${textAt(dest, 'host')}${port === '' ? '' : `:${port}`}`;
}

/** What stands for many addresses may have one file, or a folder. */
function readMapLocal(map: Json, draft: Draft, { isFile }: Around): void {
  mappings(map, 'mapLocalMapping').forEach((mapping, i) => {
    const source = recordAt(mapping, 'sourceLocation');
    const file = textAt(mapping, 'dest');
    const path = pathOf(source);
    const isFolder = (path === '' || path.endsWith('*')) && !(isFile?.(file) ?? FILE.test(file));
    const strip = path.replace(/\/?\*$/, '');
    const at = `map local ${i + 1}`;
    const name = `Local ${path || textAt(source, 'host') || 'files'}`;
    if (isFolder && strip.search(WILD) >= 0)
      return draft.refuse(at, name, 'the folder that is left out of the path has no wildcards here');
    const mapLocal = isFolder ? { dir: file, ...(strip === '' ? {} : { strip }), missing: 'pass' as const } : { file };
    addMapped(draft, at, name, { map, mapping, source }, [{ mapLocal }], whyOther(mapping, file));
  });
}

/** Where nobody knows, an ending tells. */
const FILE = /\.[a-z]\w*$/i;

/** What is other than in Charles. */
function whyOther(mapping: unknown, file: string): string | undefined {
  const isHome = /^~[\\/]/.test(file)
    ? `${file} is not looked for in the home directory: write all of its path`
    : undefined;
  const isFolded = textAt(mapping, 'caseSensitive') === 'false' ? 'paths are compared in their own case' : undefined;
  return [isHome, isFolded].filter((each) => each !== undefined).join('; ') || undefined;
}

function readBlockList(list: Json, draft: Draft): void {
  const patterns = listAt(recordAt(recordAt(list, 'locations'), 'locationPatterns'), 'locationMatch');
  const request: DraftAction[] = textAt(list, 'action') === '1' ? [{ respond: { status: 403 } }] : [{ abort: 'close' }];
  patterns.forEach((pattern, i) => {
    const source = recordAt(pattern, 'location');
    const name = `Block ${textAt(source, 'host') || 'any host'} ${textAt(source, 'path')}`;
    addMapped(draft, `block list ${i + 1}`, name, { map: list, mapping: pattern, source }, request);
  });
}

interface Mapped {
  map: Json;
  mapping: unknown;
  source: Json | null;
  /** What others take. */
  but?: string | undefined;
}

function addMapped(
  draft: Draft,
  at: string,
  name: string,
  { map, mapping, source, but }: Mapped,
  request: DraftAction[],
  why?: string,
): void {
  const match = allOf([locationMatch(source), but]);
  const enabled = isOn(map, 'toolEnabled') && isOn(mapping, 'enabled');
  draft.addRule(at, name, { ...(enabled ? {} : { enabled }), ...(match === undefined ? {} : { match }), request }, why);
}

function mappings(map: Json, name: string): readonly unknown[] {
  return listAt(recordAt(map, 'mappings'), name);
}
