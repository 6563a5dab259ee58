/** Charles's tools that have a counterpart: Rewrite, Map Remote, Map Local and Block List. */
import type { Draft, DraftAction, DraftRule } from '../draft.ts';
import { allOf, literal, wildPattern } from '../expressions.ts';
import { type Json, listAt, recordAt, textAt } from '../json.ts';
import { anyLocation, isOn, locationMatch, WILD } from './locations.ts';
import { rewriteRule } from './rewrite-rule.ts';

/** By the names of their elements. `enabled`: what they stand in is on. */
export const TOOLS: Readonly<Record<string, (tool: Json, draft: Draft, enabled: boolean) => void>> = {
  rewriteSet: readRewriteSet,
  map: readMapRemote,
  mapLocal: readMapLocal,
  blacklist: readBlockList,
};

function readRewriteSet(set: Json, draft: Draft, toolEnabled: boolean): void {
  const name = textAt(set, 'name') || 'Rewrite';
  const where = anyLocation(listAt(recordAt(recordAt(set, 'hosts'), 'locationPatterns'), 'locationMatch'));
  const rules = listAt(recordAt(set, 'rules'), 'rewriteRule');
  if (rules.length === 0) draft.refuse(`rewrite set ${name}`, name, 'it has no rules');
  rules.forEach((rule, i) => {
    const at = `rewrite set ${name}, rule ${i + 1}`;
    const enabled = toolEnabled && isOn(set, 'active') && isOn(rule, 'active') && where !== null;
    for (const made of rewriteRule(rule)) {
      if ('refused' in made) return draft.refuse(at, made.what, made.refused);
      const match = allOf([where ?? undefined, made.also]);
      const common: DraftRule = {
        group: name,
        ...(enabled ? {} : { enabled }),
        ...(match === undefined ? {} : { match }),
      };
      draft.addRule(at, `${name}: ${made.what}`, { ...common, ...made.actions }, made.why);
    }
  });
}

function readMapRemote(map: Json, draft: Draft): void {
  mappings(map, 'mapMapping').forEach((mapping, i) => {
    const at = `map remote ${i + 1}`;
    const source = recordAt(mapping, 'sourceLocation');
    const dest = recordAt(mapping, 'destLocation');
    const name = `${textAt(source, 'host') || 'any host'} to ${textAt(dest, 'host') || 'the same host'}`;
    if (textAt(dest, 'host') === '') return draft.refuse(at, name, 'its destination has no host; use a path action');
    const preserveHost = textAt(mapping, 'preserveHostHeader') === 'true';
    const { actions, why } = pathActions(source, dest);
    const request: DraftAction[] = [...actions, { mapRemote: { url: originOf(dest, source), preserveHost } }];
    const left = textAt(dest, 'query').trim() === '' ? undefined : 'the query of its destination is left out';
    const told = [why, left].filter((each) => each !== undefined).join('; ');
    addMapped(draft, at, `Map ${name}`, { map, mapping, source }, request, told || undefined);
  });
}

/** Below a folder of the source the rest of the path stays. */
function pathActions(source: Json | null, dest: Json | null): { actions: DraftAction[]; why?: string } {
  const to = textAt(dest, 'path').trim().replace(/\*$/, '');
  const from = textAt(source, 'path').trim() || '/*';
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

function readMapLocal(map: Json, draft: Draft): void {
  mappings(map, 'mapLocalMapping').forEach((mapping, i) => {
    const source = recordAt(mapping, 'sourceLocation');
    const file = textAt(mapping, 'dest');
    const path = textAt(source, 'path');
    const isFolder = path === '' || path.endsWith('*');
    const strip = path.replace(/\/?\*$/, '');
    const at = `map local ${i + 1}`;
    const name = `Local ${path || textAt(source, 'host') || 'files'}`;
    if (isFolder && strip.search(WILD) >= 0)
      return draft.refuse(at, name, 'the folder that is left out of the path has no wildcards here');
    const mapLocal = isFolder ? { dir: file, ...(strip === '' ? {} : { strip }), missing: 'pass' as const } : { file };
    addMapped(draft, at, name, { map, mapping, source }, [{ mapLocal }]);
  });
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
}

function addMapped(
  draft: Draft,
  at: string,
  name: string,
  { map, mapping, source }: Mapped,
  request: DraftAction[],
  why?: string,
): void {
  const match = locationMatch(source);
  const enabled = isOn(map, 'toolEnabled') && isOn(mapping, 'enabled');
  draft.addRule(at, name, { ...(enabled ? {} : { enabled }), ...(match === undefined ? {} : { match }), request }, why);
}

function mappings(map: Json, name: string): readonly unknown[] {
  return listAt(recordAt(map, 'mappings'), name);
}
