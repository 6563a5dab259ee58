/** The config document as text, and what the rules page reads from it. Comments and order survive every change. */
import { isMap, isSeq, parseDocument, type YAMLSeq } from 'yaml';

/** A rule as it stands in the document: durations still have their units, defaults are not filled in. */
export interface RawRule {
  name?: string;
  group?: string;
  enabled?: boolean;
  match?: string;
  request?: unknown[];
  response?: unknown[];
  [key: string]: unknown;
}

/** The rules of the document in their order; none when it cannot be read. */
export function rulesOf(text: string): RawRule[] {
  return entriesOf(text).rules;
}

export interface DocumentEntries {
  routes: RawRule[];
  rules: RawRule[];
  /** Names of the pools. */
  pools: string[];
  groups: Readonly<Record<string, { select?: string }>>;
}

/** What the rules page reads of the document; all empty when it cannot be read. */
export function entriesOf(text: string): DocumentEntries {
  const document = parseDocument(text);
  const content = (document.errors.length > 0 ? null : document.toJS()) as Record<string, unknown> | null;
  return {
    routes: recordsOf(content?.routes),
    rules: recordsOf(content?.rules),
    pools: Object.keys(recordOf(content?.pools)),
    groups: recordOf(content?.groups) as DocumentEntries['groups'],
  };
}

function recordsOf(value: unknown): RawRule[] {
  return Array.isArray(value) ? value.filter((one): one is RawRule => typeof one === 'object' && one !== null) : [];
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function ruleNodes(text: string): { document: ReturnType<typeof parseDocument>; rules: YAMLSeq } | null {
  const document = parseDocument(text);
  const rules = isMap(document.contents) ? document.contents.get('rules', true) : null;
  return isSeq(rules) ? { document, rules } : null;
}

/** The document with rule `from` at place `to`; the text itself when there is no such rule. */
export function moveRule(text: string, from: number, to: number): string {
  const found = ruleNodes(text);
  const item = found?.rules.items[from];
  if (!found || item === undefined || to < 0 || to >= found.rules.items.length) return text;
  found.rules.items.splice(from, 1);
  found.rules.items.splice(to, 0, item);
  return found.document.toString({ lineWidth: 0 });
}

/** Where rule `index` stands in the text, as character offsets. */
export function ruleRange(text: string, index: number): { from: number; to: number } | null {
  const item = ruleNodes(text)?.rules.items[index];
  const range =
    typeof item === 'object' && item !== null && 'range' in item
      ? (item.range as [number, number, number] | null)
      : null;
  return range ? { from: range[0], to: range[1] } : null;
}
