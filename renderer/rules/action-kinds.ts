/** Every action that the form edits besides header lines, as a table: its fields, and how they stand in the document. */
import { findPatternMistake } from '../../proxy-engine/contract/expression/pattern-syntax.ts';
import { same } from './edits.ts';

export type FieldKind =
  | 'text'
  /** Of RE2. */
  | 'pattern'
  /** Several lines. */
  | 'lines'
  /** What is no number stays text. */
  | 'number'
  /** `name: value`, one a line. */
  | 'headers'
  /** `name=value`, one a line. */
  | 'pairs'
  /** Separated by commas. */
  | 'list'
  | 'json'
  | 'flag'
  /** `NAME WEIGHT`, one a line. */
  | 'shares';

export interface ActionField {
  name: string;
  kind: FieldKind;
  optional?: true;
  /** Of a flag: it holds where it is left out. */
  usual?: boolean;
  options?: readonly string[];
}

/** A value of the document as a form shows it. */
export interface FormKind {
  /** Its word in the document. */
  key: string;
  /** `scalar`: the one field is the value itself, not a key in it. */
  scalar?: true;
  fields: readonly ActionField[];
}

interface ActionKind extends FormKind {
  phases: readonly ('request' | 'response')[];
}

const BOTH = ['request', 'response'] as const;
const REQUEST = ['request'] as const;

export function field(
  name: string,
  kind: FieldKind = 'text',
  more: Omit<ActionField, 'name' | 'kind'> = {},
): ActionField {
  return { name, kind, ...more };
}

const optional = { optional: true } as const;

export const ACTION_KINDS = {
  path: { key: 'path', phases: REQUEST, fields: [field('replace', 'pattern'), field('with')] },
  pathSet: { key: 'path', phases: REQUEST, fields: [field('set')] },
  query: {
    key: 'query',
    phases: REQUEST,
    fields: [field('set', 'pairs', optional), field('delete', 'list', optional)],
  },
  method: { key: 'method', phases: REQUEST, scalar: true, fields: [field('method')] },
  scheme: {
    key: 'scheme',
    phases: REQUEST,
    scalar: true,
    fields: [field('scheme', 'text', { options: ['http', 'https'] })],
  },
  host: { key: 'host', phases: REQUEST, scalar: true, fields: [field('host')] },
  pool: { key: 'pool', phases: REQUEST, scalar: true, fields: [field('pool')] },
  backend: { key: 'backend', phases: REQUEST, scalar: true, fields: [field('backend')] },
  status: { key: 'status', phases: ['response'], scalar: true, fields: [field('status', 'number')] },
  replaceHeader: {
    key: 'replaceHeader',
    phases: BOTH,
    fields: [field('name'), field('replace', 'pattern'), field('with')],
  },
  bodySet: { key: 'body', phases: BOTH, fields: [field('set', 'lines')] },
  bodyReplace: { key: 'body', phases: BOTH, fields: [field('replace', 'pattern'), field('with')] },
  bodyPatch: { key: 'body', phases: BOTH, fields: [field('jsonPatch', 'json')] },
  bodyFile: { key: 'body', phases: BOTH, fields: [field('file')] },
  respond: {
    key: 'respond',
    phases: REQUEST,
    fields: [
      field('status', 'number', optional),
      field('headers', 'headers', optional),
      field('body', 'lines', optional),
      field('bodyFile', 'text', optional),
    ],
  },
  mapLocal: {
    key: 'mapLocal',
    phases: REQUEST,
    fields: [
      field('dir'),
      field('strip', 'text', optional),
      field('index', 'flag', { optional: true, usual: true }),
      field('missing', 'number', { optional: true, options: ['', 'pass', '404'] }),
    ],
  },
  mapLocalFile: { key: 'mapLocal', phases: REQUEST, fields: [field('file')] },
  mapRemote: { key: 'mapRemote', phases: REQUEST, fields: [field('url'), field('preserveHost', 'flag', optional)] },
  delay: { key: 'delay', phases: BOTH, scalar: true, fields: [field('delay')] },
  throttle: {
    key: 'throttle',
    phases: BOTH,
    fields: [field('down', 'text', optional), field('up', 'text', optional), field('latency', 'text', optional)],
  },
  abort: {
    key: 'abort',
    phases: BOTH,
    scalar: true,
    fields: [field('abort', 'text', { options: ['reset', 'close', 'hang'] })],
  },
  breakpoint: { key: 'breakpoint', phases: BOTH, scalar: true, fields: [] },
  script: { key: 'script', phases: BOTH, scalar: true, fields: [field('script')] },
  mark: { key: 'mark', phases: BOTH, fields: [field('color', 'text', optional), field('note', 'text', optional)] },
} as const satisfies Record<string, ActionKind>;

export type ActionKindId = keyof typeof ACTION_KINDS;
export type ActionFields = Readonly<Record<string, string>>;

const IDS = Object.keys(ACTION_KINDS) as ActionKindId[];

/** The kinds that a phase offers, in the order of the table. */
export function kindsOf(phase: 'request' | 'response'): ActionKindId[] {
  return IDS.filter((id) => actionKind(id).phases.includes(phase));
}

export function actionKind(id: ActionKindId): ActionKind {
  return ACTION_KINDS[id];
}

/** A new action of that kind: what can be chosen is chosen, the rest is empty. */
export function emptyFields(id: ActionKindId): ActionFields {
  return emptyOf(actionKind(id));
}

export function emptyOf({ fields }: FormKind): ActionFields {
  return Object.fromEntries(fields.map(({ name, options }) => [name, options?.[0] ?? '']));
}

/** The action as fields; null: it is none that the form can write back as it was. */
export function readAction(action: unknown): { id: ActionKindId; fields: ActionFields } | null {
  if (!isRecord(action)) return null;
  for (const id of IDS) {
    const fields = readAs(actionKind(id), action);
    if (fields && same(writeAction(id, fields), action)) return { id, fields };
  }
  return null;
}

/** The fields of that kind in `action`; null: it has no such value, or not in this form. */
export function readAs(
  { key, scalar, fields }: FormKind,
  action: Readonly<Record<string, unknown>>,
): ActionFields | null {
  const value = action[key];
  const values = scalar ? { [fields[0]?.name ?? '']: value } : value;
  if (value === undefined || !isRecord(values)) return null;
  const read = fields.map(({ name, kind }) => [name, textOf(values[name], kind)] as const);
  return read.some(([, text]) => text === null) ? null : (Object.fromEntries(read) as ActionFields);
}

/** The action as it stands in the document. */
export function writeAction(id: ActionKindId, given: ActionFields): Record<string, unknown> {
  return writeAs(actionKind(id), given);
}

export function writeAs({ key, scalar, fields }: FormKind, given: ActionFields): Record<string, unknown> {
  const values = fields.flatMap(({ name, kind, optional: may }) => {
    const text = given[name] ?? '';
    return may && text.trim() === '' ? [] : [[name, valueOf(text, kind)] as const];
  });
  if (!scalar) return { [key]: Object.fromEntries(values) };
  return { [key]: fields.length === 0 ? true : values[0]?.[1] };
}

export function isOn({ usual = false }: Pick<ActionField, 'usual'>, text: string): boolean {
  return text === '' ? usual : text === 'true';
}

/** Nothing where it is as it would be without a word. */
export function flagText({ usual = false }: Pick<ActionField, 'usual'>, on: boolean): string {
  return on === usual ? '' : String(on);
}

/** Whether what is wrong with a pattern of it is told beside the pattern already. */
export function hasPatternMistake(id: ActionKindId, given: ActionFields): boolean {
  return actionKind(id).fields.some(
    ({ name, kind }) => kind === 'pattern' && findPatternMistake(given[name] ?? '') !== null,
  );
}

function textOf(value: unknown, kind: FieldKind): string | null {
  if (value === undefined) return '';
  if (kind === 'json') return JSON.stringify(value, null, 2);
  if (kind === 'list') return Array.isArray(value) ? value.join(', ') : null;
  if (kind === 'headers' || kind === 'pairs') {
    const between = kind === 'headers' ? ': ' : '=';
    return isRecord(value)
      ? Object.entries(value)
          .map((pair) => pair.join(between))
          .join('\n')
      : null;
  }
  if (kind === 'shares') return Array.isArray(value) ? value.map(shareText).join('\n') : null;
  return typeof value === 'object' ? null : String(value);
}

function valueOf(text: string, kind: FieldKind): unknown {
  switch (kind) {
    case 'text':
    case 'pattern':
    case 'lines':
      return text;
    case 'number':
      return /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
    case 'flag':
      return text === 'true';
    case 'list':
      return text.split(',').map((one) => one.trim());
    case 'headers':
      return headersOf(text);
    case 'pairs':
      return Object.fromEntries(linesOf(text).map((line) => nameAndValue(line, '=')));
    case 'json':
      return jsonOf(text);
    case 'shares':
      return linesOf(text).map((line) => shareOf(line) ?? { pool: line.trim() });
  }
}

function shareText(share: unknown): string {
  const { pool, weight } = share as { pool?: unknown; weight?: unknown };
  return `${String(pool)} ${String(weight)}`;
}

/** The weight is the last word; a pool's name may have spaces. null: there is no second word. */
export function shareOf(line: string): { pool: string; weight: unknown } | null {
  const words = /^\s*(.*?)\s+(\S+)\s*$/.exec(line);
  return words && { pool: words[1] ?? '', weight: valueOf(words[2] ?? '', 'number') };
}

/** Those that are not empty. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Without `between` it is a name whose value is empty. */
export function nameAndValue(line: string, between: string): [name: string, value: string] {
  const at = line.indexOf(between);
  return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

/** Lines of one name, in whatever case, are one list (RFC 9110 §5.3). */
function headersOf(text: string): Record<string, string> {
  const joined = new Map<string, [name: string, value: string]>();
  for (const [name, value] of linesOf(text).map((line) => nameAndValue(line, ':'))) {
    const before = joined.get(name.toLowerCase());
    if (before) before[1] += `, ${value}`;
    else joined.set(name.toLowerCase(), [name, value]);
  }
  return Object.fromEntries(joined.values());
}

/** What is no JSON stays text, so that the engine says what is wrong with it. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
