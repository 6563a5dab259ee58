/** Charles's exported settings (XML): one tool, or all of them; what has no counterpart is told by name. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { isRecord, type Json, recordAt, textAt } from '../../foreign-json.ts';
import { type Draft, UnreadableImport } from '../draft.ts';
import type { ImportOptions } from '../import.ts';
import { isOn } from './locations.ts';
import { TOOLS } from './tools.ts';

export function looksLikeCharles(text: string): boolean {
  return (
    /<\?charles\b/.test(text.slice(0, 500)) ||
    /<(charles-export|rewriteSet-array|rewriteSet|map|mapLocal|blacklist)>/.test(text)
  );
}

const LISTS = new Set(['rewriteSet', 'locationMatch', 'rewriteRule', 'mapMapping', 'mapLocalMapping', 'entry']);

export function importCharles(text: string, draft: Draft, { isFile }: ImportOptions): void {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new UnreadableImport(damage(valid.err));
  const parser = new XMLParser({
    parseTagValue: false,
    // Texts are replaced as they are, with their spaces.
    trimValues: false,
    // References such as &#39; are part of them, too.
    htmlEntities: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    isArray: (name) => LISTS.has(name),
  });
  const tools: Tool[] = [];
  const found = readTools(parsed(parser, text), draft, tools);
  const order = Object.keys(TOOLS);
  for (const { name, settings, isOn } of tools.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name)))
    TOOLS[name]?.(settings, draft, { isOn, isFile });
  if (!found)
    throw new UnreadableImport(
      'there are no settings of Charles in it; export Rewrite, Map Remote, Map Local or Block List',
    );
}

function damage({ line, col = 1, msg }: { line: number; col?: number; msg: string }): string {
  // It names the elements that are still open.
  const [, last] = /"([^"]*)"\s*\]' found\.$/.exec(msg) ?? [];
  return last === undefined ? `line ${line}, column ${col}: ${msg}` : `it ends before </${last}>: it is cut off`;
}

/** The validator lets some damage pass that the parser does not. */
function parsed(parser: XMLParser, text: string): unknown {
  try {
    return parser.parse(text);
  } catch (error) {
    throw new UnreadableImport(`this is not XML: ${(error as Error).message}`, { cause: error });
  }
}

interface Tool {
  name: string;
  settings: Json;
  isOn: boolean;
}

/** Looks for tools at any depth: exports of one tool and of all settings nest them differently. `enabled`: what they stand in is on. */
function readTools(node: unknown, draft: Draft, tools: Tool[], enabled = true): boolean {
  if (Array.isArray(node)) return node.map((each) => readTools(each, draft, tools, enabled)).some(Boolean);
  if (!isRecord(node)) return false;
  return Object.entries(node)
    .map(([name, value]) => {
      if (name in TOOLS) {
        for (const each of Array.isArray(value) ? value : [value])
          tools.push({ name, settings: isRecord(each) ? each : {}, isOn: enabled });
        return true;
      }
      if (!isUnknownTool(name, value) && holdsTool(value))
        return readTools(value, draft, tools, enabled && isOn(value, 'toolEnabled'));
      return tellUnknown(name, value, textAt(node, 'string').trim() || name, draft);
    })
    .some(Boolean);
}

/** Known as a tool by its switch, which all of them have. */
function isUnknownTool(name: string, value: unknown): boolean {
  return isRecord(value) && 'toolEnabled' in value && name !== 'rewrite';
}

function holdsTool(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(holdsTool);
  if (!isRecord(node)) return false;
  return Object.entries(node).some(([name, value]) => name in TOOLS || isUnknownTool(name, value) || holdsTool(value));
}

/** What belongs to the tool that it stands in. */
const OF_TOOL = new Set(['string', 'toolEnabled', 'debugging', '#text']);

const REMEDIES: Readonly<Record<string, string>> = {
  breakpoints: 'make a rule with a breakpoint action in its place',
  throttlingConfiguration: 'choose a throttle in the top bar, or make a rule with a throttle action',
};

/** A tool or setting that is not brought along, and each thing in it. False: it says nothing. */
function tellUnknown(name: string, value: unknown, label: string, draft: Draft): boolean {
  const isTool = isUnknownTool(name, value);
  if (OF_TOOL.has(name) || (!isRecord(value) && !Array.isArray(value))) return false;
  const why = REMEDIES[name] ?? 'it has no counterpart here';
  draft.refuse(label, isTool ? `the tool ${label}` : `the setting ${label}`, why);
  thingsIn(value).forEach((thing, i) => draft.refuse(`${label}, ${i + 1}`, describe(thing), why));
  return isTool;
}

/** The entries of its lists, which can be switched on and off one by one. */
function thingsIn(node: unknown): Json[] {
  if (Array.isArray(node)) return node.flatMap(thingsIn);
  if (!isRecord(node)) return [];
  const inside = Object.values(node).flatMap((value) =>
    (Array.isArray(value) ? value : [value]).filter((each) => isRecord(each) && 'enabled' in each),
  );
  return inside.length > 0 ? (inside as Json[]) : Object.values(node).flatMap(thingsIn);
}

function describe(thing: Json): string {
  const location = recordAt(thing, 'location') ?? thing;
  const place = `${textAt(location, 'host')}${textAt(location, 'path')}`.trim();
  return place || textAt(thing, 'name').trim() || JSON.stringify(thing);
}
