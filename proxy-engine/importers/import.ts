/** Files of other programs as parts of a config: one importer a format, and a report with an entry for each thing of the file. */
import { stringify } from 'yaml';
import type { Config, ConfigDocument } from '../contract/config.ts';
import { IMPORT_FORMATS, type ImportFormat, type ImportItem, OF_ALL } from '../contract/transfer.ts';
import { importCharles, looksLikeCharles } from './charles/charles.ts';
import { Draft, type TakenNames, UnreadableImport } from './draft.ts';
import { importHar, looksLikeHar } from './har.ts';
import { mistakeIn } from './mistakes.ts';
import type { ReadIncluded } from './nginx/includes.ts';
import { importNginx, looksLikeNginx } from './nginx/nginx.ts';
import { importRequestly, looksLikeRequestly } from './requestly/requestly.ts';

interface Importer {
  /** Whether a file is of this format, judged by its beginning or its shape. */
  recognises(this: void, text: string): boolean;
  /** Throws `UnreadableImport` when the whole file cannot be read; a thing that cannot be mapped is an item of the draft. */
  read(this: void, text: string, draft: Draft, options: ImportOptions): void;
}

const IMPORTERS: Record<ImportFormat, Importer> = {
  charles: { recognises: looksLikeCharles, read: importCharles },
  requestly: { recognises: looksLikeRequestly, read: importRequestly },
  har: { recognises: looksLikeHar, read: importHar },
  nginx: { recognises: looksLikeNginx, read: importNginx },
};

export type ImportedPart = Required<Pick<ConfigDocument, 'listeners' | 'routes' | 'pools' | 'rules' | 'groups'>>;

export interface Imported {
  format: ImportFormat;
  part: ImportedPart;
  items: ImportItem[];
}

export interface ImportOptions {
  /** Left out: told by the text. */
  format?: ImportFormat;
  /** The config that it is to be added to: names that it has are not used again. */
  into?: Config;
  /** What other files have that it includes; left out: nobody knows. */
  readIncluded?: ReadIncluded;
  /** Whether certificates that the config would name can be used; left out: all are taken to be there. */
  canUse?: (files: CertificateFiles) => boolean;
  /** Whether something is a file, not a folder; undefined, or left out: nobody knows. */
  isFile?: (name: string) => boolean | undefined;
  /** Whether something can listen at `[::1]`; left out: it can. */
  hasIpv6?: boolean;
}

/** Files in PEM. */
export interface CertificateFiles {
  cert: string;
  /** Absent: that of an authority, which is only believed. */
  key?: string;
}

/** Reads `text`. Throws `UnreadableImport` when it is none of the formats, or broken as a whole. */
export function importConfig(text: string, options: ImportOptions = {}): Imported {
  const { format = recognise(text) } = options;
  const draft = new Draft(namesOf(options.into));
  IMPORTERS[format].read(text, draft, options);
  if (options.isFile) tellMissing(draft, options.isFile);
  const part = validParts(draft);
  tellRepeated(draft);
  return { format, part, items: draft.items };
}

/** A folder passes on what it has not. */
function tellMissing({ rules }: Draft, isFile: NonNullable<ImportOptions['isFile']>): void {
  for (const { item, value } of rules)
    for (const action of value.request ?? []) {
      const file = 'mapLocal' in action && 'file' in action.mapLocal ? action.mapLocal.file : null;
      if (file === null || isFile(file)) continue;
      const isFolder = isFile(file) === false;
      const why = isFolder
        ? `${file} is a folder: 404 is answered`
        : `${file} is not there: 404 is answered until it is`;
      Object.assign(item, { outcome: 'approximated', why: item.why === undefined ? why : `${item.why}; ${why}` });
    }
}

function recognise(text: string): ImportFormat {
  const format = IMPORT_FORMATS.find((each) => IMPORTERS[each].recognises(text));
  if (format) return format;
  if (text.includes('\0')) throw new UnreadableImport('this is not text in UTF-8; save it so');
  throw new UnreadableImport(`this is none of ${IMPORT_FORMATS.join(', ')}; name the format if it is one of them`);
}

function namesOf(config: Config | undefined): TakenNames {
  return {
    listeners: new Set(Object.keys(config?.listeners ?? {})),
    pools: new Set(Object.keys(config?.pools ?? {})),
    routes: new Set(config?.routes.map(({ name }) => name)),
    rules: new Set(config?.rules.map(({ name }) => name)),
    groups: new Set([
      ...Object.keys(config?.groups ?? {}),
      ...(config?.rules ?? []).flatMap(({ group }) => (group === undefined ? [] : [group])),
    ]),
  };
}

/** What the schema takes; the rest becomes an item that says why it is left out. */
function validParts(draft: Draft): ImportedPart {
  const whole = allOf(draft);
  return mistakeIn(whole) === null ? whole : validOnes(draft);
}

function allOf(draft: Draft): ImportedPart {
  const rules = draft.rules.map(({ value }) => value);
  return {
    listeners: Object.fromEntries(valuesOf([...draft.listeners])),
    pools: Object.fromEntries(valuesOf([...draft.pools])),
    routes: draft.routes.map(({ value }) => value),
    groups: groupsOf(rules),
    rules,
  };
}

function validOnes(draft: Draft): ImportedPart {
  const rules = draft.rules.filter((entry) => fits(entry, { rules: [entry.value], groups: groupsOf([entry.value]) }));
  const listeners = validNamed(draft.listeners, 'listeners');
  const pools = validNamed(draft.pools, 'pools');
  const routes = draft.routes.map((entry) =>
    fits(entry, { routes: [entry.value] }) ? entry : { ...entry, value: closed(entry) },
  );
  return {
    listeners,
    pools,
    routes: routes.flatMap((entry) => withWhatIsThere(entry, draft, { listeners, pools })),
    groups: groupsOf(rules.map(({ value }) => value)),
    rules: rules.map(({ value }) => value),
  };
}

/** A file that is imported again: its things get other names, and the first ones go on to act. */
function tellRepeated(draft: Draft): void {
  const { repeated, named } = draft;
  if (repeated < 2 || repeated * 2 < named) return;
  draft.approximate(
    OF_ALL,
    `${repeated} of ${named} names`,
    'they are there already and get a number: if this file was imported before, delete what came of it first',
  );
}

/** A route without its pool answers 502; one whose listeners are all left out is, too. */
function withWhatIsThere(
  { item, value }: Draft['routes'][number],
  draft: Draft,
  part: Pick<ImportedPart, 'listeners' | 'pools'>,
): ImportedPart['routes'] {
  const isThere = (name: string) => !draft.listeners.has(name) || name in part.listeners;
  const listeners = value.listeners?.filter(isThere);
  if (listeners?.length === 0) {
    Object.assign(item, { outcome: 'unmapped', why: 'its listener is left out' });
    return [];
  }
  const { pool, ...rest } = { ...value, ...(listeners && { listeners }) };
  if (pool === undefined || !draft.pools.has(pool) || pool in part.pools) return [{ ...value, ...rest }];
  Object.assign(item, { outcome: 'unmapped', why: `its pool ${pool} is left out; 502 is answered` });
  return [{ ...rest, respond: { status: 502 } }];
}

/** One that cannot be said answers 502, where its condition can be said: there alone. What comes behind it may be more open. */
function closed({ item, value: { name, listeners, match } }: Draft['routes'][number]): ImportedPart['routes'][number] {
  const all = { name, ...(listeners && { listeners }), respond: { status: 502 } };
  const there = match === undefined ? all : { ...all, match };
  const isThere = mistakeIn({ routes: [there] }) === null;
  item.why = isThere
    ? `${item.why}; 502 is answered`
    : `${item.why}; 502 is answered to all that no route before it takes`;
  return isThere ? there : all;
}

function fits({ item, value }: { item: ImportItem; value: unknown }, alone: object): boolean {
  const why = mistakeIn(alone);
  if (why === null) return true;
  item.outcome = 'unmapped';
  item.why = `${why}; it would have been ${shortened(JSON.stringify(value))}`;
  return false;
}

const MOST_TOLD = 300;

function shortened(text: string): string {
  return text.length > MOST_TOLD ? `${text.slice(0, MOST_TOLD)}…` : text;
}

function validNamed<T>(
  entries: ReadonlyMap<string, { item: ImportItem; value: T }>,
  kind: 'listeners' | 'pools',
): Record<string, T> {
  return Object.fromEntries(
    valuesOf([...entries].filter(([name, entry]) => fits(entry, { [kind]: { [name]: entry.value } }))),
  );
}

function groupsOf(rules: readonly { group?: string | undefined }[]): ImportedPart['groups'] {
  return Object.fromEntries(
    rules.flatMap(({ group }) => (group === undefined ? [] : [[group, { select: 'many' as const }]])),
  );
}

function valuesOf<T>(entries: readonly [string, { value: T }][]): [string, T][] {
  return entries.map(([name, { value }]) => [name, value]);
}

/** The parts as a document of their own. */
export function printPart(part: ImportedPart): string {
  const given = Object.entries(part).filter(([, each]) => Object.keys(each).length > 0);
  return stringify({ version: 1, ...Object.fromEntries(given) }, { lineWidth: 120, aliasDuplicateObjects: false });
}
