/** Charles's exported settings (XML): Rewrite, Map Remote, Map Local and Block List. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { rewriteRule } from './charles-rewrite.ts';
import { type Draft, type DraftAction, type DraftRule, UnreadableImport } from './draft.ts';
import { allOf, anyOf, literal, test, wildcard } from './expressions.ts';
import { isRecord, type Json, listAt, recordAt, textAt } from './json.ts';

export function looksLikeCharles(text: string): boolean {
  return (
    /<\?charles\b/.test(text.slice(0, 500)) ||
    /<(charles-export|rewriteSet-array|rewriteSet|map|mapLocal|blacklist)>/.test(text)
  );
}

const LISTS = new Set(['rewriteSet', 'locationMatch', 'rewriteRule', 'mapMapping', 'mapLocalMapping', 'entry']);

export function importCharles(text: string, draft: Draft): void {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new UnreadableImport(`line ${valid.err.line}, column ${valid.err.col}: ${valid.err.msg}`);
  const parser = new XMLParser({
    parseTagValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    isArray: (name) => LISTS.has(name),
  });
  const found = readTools(parsed(parser, text), draft);
  if (!found)
    throw new UnreadableImport(
      'there are no settings of Charles in it; export Rewrite, Map Remote, Map Local or Block List',
    );
}

/** The validator lets some damage pass that the parser does not. */
function parsed(parser: XMLParser, text: string): unknown {
  try {
    return parser.parse(text);
  } catch (error) {
    throw new UnreadableImport(`this is not XML: ${(error as Error).message}`, { cause: error });
  }
}

/** Looks for tools at any depth: exports of one tool and of all settings nest them differently. `enabled`: what they stand in is on. */
function readTools(node: unknown, draft: Draft, enabled = true): boolean {
  if (Array.isArray(node)) return node.map((each) => readTools(each, draft, enabled)).some(Boolean);
  if (!isRecord(node)) return false;
  return Object.entries(node)
    .map(([name, value]) => {
      const read = TOOLS[name];
      if (!read)
        return isUnknownTool(name, value, draft) || readTools(value, draft, enabled && isOn(value, 'toolEnabled'));
      for (const each of Array.isArray(value) ? value : [value]) read(isRecord(each) ? each : {}, draft, enabled);
      return true;
    })
    .some(Boolean);
}

const TOOLS: Readonly<Record<string, (tool: Json, draft: Draft, enabled: boolean) => void>> = {
  rewriteSet: readRewriteSet,
  map: readMapRemote,
  mapLocal: readMapLocal,
  blacklist: readBlockList,
};

/** Known as a tool by its switch, which all of them have. */
function isUnknownTool(name: string, value: unknown, draft: Draft): boolean {
  if (!isRecord(value) || !('toolEnabled' in value) || name === 'rewrite') return false;
  draft.refuse(name, `the tool ${name}`, 'it has no counterpart here');
  return true;
}

function isOn(thing: unknown, key: string): boolean {
  return textAt(thing, key) !== 'false';
}

// ── locations ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Absent: everywhere. Blank parts are any. */
function locationMatch(location: Json | null): string | undefined {
  const [protocol, host, port, path, query] = ['protocol', 'host', 'port', 'path', 'query'].map((key) =>
    textAt(location, key).trim(),
  );
  return allOf([
    protocol ? test('scheme', '=', protocol.toLowerCase()) : undefined,
    host ? wildcard('host', host) || undefined : undefined,
    port && port !== '*' ? test('port', '=', port) : undefined,
    path ? wildcard('path', path.startsWith('/') || path.startsWith('*') ? path : `/${path}`) || undefined : undefined,
    query ? wildcard('query', query) || undefined : undefined,
  ]);
}

/** Any of the switched-on locations of a set; null: there are some, and all are off. */
function anyLocation(patterns: readonly unknown[]): string | undefined | null {
  const active = patterns.filter((pattern) => isOn(pattern, 'enabled'));
  if (active.length === 0) return patterns.length === 0 ? undefined : null;
  const matches = active.map((pattern) => locationMatch(recordAt(pattern, 'location')));
  return matches.includes(undefined) ? undefined : anyOf(matches.filter((match) => match !== undefined));
}

// ── tools ────────────────────────────────────────────────────────────────────────────────────────────────────────────

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
        group: groupName(name),
        ...(enabled ? {} : { enabled }),
        ...(match === undefined ? {} : { match }),
      };
      draft.addRule(at, `${name}: ${made.what}`, { ...common, ...made.actions }, made.why);
    }
  });
}

function groupName(name: string): string {
  return name.replaceAll(/[\s/"',()[\]]+/g, ' ').trim() || 'Rewrite';
}

function readMapRemote(map: Json, draft: Draft): void {
  mappings(map, 'mapMapping').forEach((mapping, i) => {
    const at = `map remote ${i + 1}`;
    const source = recordAt(mapping, 'sourceLocation');
    const dest = recordAt(mapping, 'destLocation');
    const name = `${textAt(source, 'host') || 'any host'} to ${textAt(dest, 'host') || 'the same host'}`;
    if (textAt(dest, 'host') === '') return draft.refuse(at, name, 'its destination has no host; use a path action');
    const preserveHost = textAt(mapping, 'preserveHostHeader') === 'true';
    const request: DraftAction[] = [
      ...pathActions(source, dest),
      { mapRemote: { url: originOf(dest, source), preserveHost } },
    ];
    const why = textAt(dest, 'query') === '' ? undefined : 'the query of its destination is left out';
    addMapped(draft, at, `Map ${name}`, { map, mapping, source }, request, why);
  });
}

/** Below a folder of the source the rest of the path stays. */
function pathActions(source: Json | null, dest: Json | null): DraftAction[] {
  const to = textAt(dest, 'path').replace(/\*$/, '');
  const from = textAt(source, 'path');
  if (to === '' || to === '/' || to === from.replace(/\*$/, '')) return [];
  if (!from.endsWith('*')) return [{ path: { set: literal(to) } }];
  const folder = from.replace(/\*$/, '').replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  return [{ path: { replace: `^${folder}`, with: literal(to) } }];
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
    const mapLocal = isFolder ? { dir: file, ...(strip === '' ? {} : { strip }), missing: 'pass' as const } : { file };
    addMapped(
      draft,
      `map local ${i + 1}`,
      `Local ${path || textAt(source, 'host') || 'files'}`,
      { map, mapping, source },
      [{ mapLocal }],
    );
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
