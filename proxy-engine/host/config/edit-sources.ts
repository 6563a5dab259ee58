/** Edits of the config, made in the documents that it is made of. */
import { isDeepStrictEqual } from 'node:util';
import { ENTRY_LISTS, type EntryList, type Expectation, type ParsedEdit } from '../../contract/config-edit.ts';
import { withName } from '../../contract/expression/names.ts';
import { CommandFailure } from '../command-failure.ts';
import { editSource, editTexts, inPlainLines } from './edit.ts';
import { insertEntry, moveEntry } from './entry-list.ts';
import { entryNames } from './entry-names.ts';
import { foundText } from './expectations.ts';
import { listOf, textOf } from './looking-in.ts';
import { formatPath, type Path, valueAt } from './path.ts';
import type { ConfigSource } from './source.ts';

/** The documents that change, as they become. Throws `CommandFailure` when an edit leads nowhere. */
export function editSources(sources: readonly ConfigSource[], edits: readonly ParsedEdit[]): ConfigSource[] {
  const drafts = new Drafts(sources);
  for (const edit of edits) {
    if ('insert' in edit) drafts.insert(edit);
    else if ('move' in edit) drafts.move(edit);
    else drafts.set(edit);
  }
  return drafts.changed(sources);
}

/** Throws `CommandFailure` when something else stands there than the caller saw. */
export function checkExpectations(sources: readonly ConfigSource[], expectations: readonly Expectation[]): void {
  const drafts = new Drafts(sources);
  const issues = expectations.flatMap(({ path, value }) => {
    const now = drafts.value(path) ?? null;
    if (isDeepStrictEqual(now, value ?? null)) return [];
    const message = `it was ${foundText(value ?? null)} when you began, and is ${foundText(now)} now`;
    return [{ path: formatPath(path), message }];
  });
  const [first] = issues;
  if (first)
    throw new CommandFailure('CONFLICT', `${first.path} was changed by somebody else: ${first.message}`, { issues });
}

interface Place {
  draft: number;
  /** Inside that document. */
  path: Path;
}

/** The documents while they are edited. */
class Drafts {
  readonly #sources: ConfigSource[];
  /** New names of entries by the list and the name that they had before the first edit. */
  readonly #renamed = new Map<string, string>();

  constructor(sources: readonly ConfigSource[]) {
    this.#sources = [...sources];
  }

  changed(before: readonly ConfigSource[]): ConfigSource[] {
    return this.#sources.filter(({ text }, index) => text !== before[index]?.text);
  }

  value(path: Path): unknown {
    const place = this.#place(path);
    return place ? valueAt(this.#sources[place.draft]?.value, place.path) : undefined;
  }

  set({ path, value, source: home }: Extract<ParsedEdit, { path: unknown }>): void {
    const place = this.#place(path, home) ?? noEntry(path[0], path[1]);
    const before = this.value(path);
    this.#write(place.draft, (source) => editSource(source, { path: place.path, value, told: path }));
    const [list, name, key, ...rest] = path;
    if (!isEntryList(list) || key !== 'name' || rest.length > 0) return;
    const from = this.#renamed.get(`${list} ${String(name)}`) ?? String(name);
    this.#renamed.set(`${list} ${String(name)}`, String(this.#names(place.draft, list)[Number(place.path[1])]));
    if (typeof value === 'string') this.#follow(list, [from, String(before)], value);
  }

  /** Conditions that ask for an entry by its name ask for it by the new one, in whichever document they stand: else they never hold again. */
  #follow(list: EntryList, from: readonly string[], to: string): void {
    const field = list === 'routes' ? 'route' : 'rule';
    for (const draft of this.#sources.keys()) {
      const edits = (): TextEdit[] =>
        conditionEdits(this.#sources[draft]?.value, (text) => withName(text, field, from, to));
      if (edits().length > 0) this.#write(draft, (source) => editTexts(source, edits()));
      // What an alias brought follows what has the anchor; what is left stands in neither.
      for (const edit of edits()) this.#write(draft, (source) => editSource(source, edit));
    }
  }

  insert({ insert: list, value, before, source }: Extract<ParsedEdit, { insert: unknown }>): void {
    const draft = this.#indexOf(source);
    const count = this.#names(draft, list).length;
    const at = before === null ? count : this.#indexIn(draft, list, before);
    this.#write(draft, (document) => {
      if (at < count) return insertEntry(document, list, at, value);
      return editSource(document, count > 0 ? { path: [list, count], value } : { path: [list], value: [value] });
    });
  }

  move({ move: list, name, before }: Extract<ParsedEdit, { move: unknown }>): void {
    const place = this.#place([list, name]) ?? noEntry(list, name);
    const from = Number(place.path[1]);
    const count = this.#names(place.draft, list).length;
    const gap = before === null ? count : this.#indexIn(place.draft, list, before);
    this.#write(place.draft, (source) => moveEntry(source, list, from, gap > from ? gap - 1 : gap));
  }

  #write(draft: number, edit: (source: ConfigSource) => ConfigSource): void {
    try {
      this.#sources[draft] = inPlainLines(this.#sources[draft] as ConfigSource, edit);
    } catch (error) {
      throw refused((error as Error).message, error);
    }
  }

  /** Where a path of the config stands; null: there is no such entry. What no document has goes into `home`. */
  #place(path: Path, home?: string): Place | null {
    const [kind, key, ...rest] = path;
    if (isEntryList(kind)) {
      const name = this.#renamed.get(`${kind} ${String(key)}`) ?? String(key);
      for (const draft of this.#sources.keys()) {
        const index = this.#names(draft, kind).indexOf(name);
        if (index >= 0) return { draft, path: [kind, index, ...rest] };
      }
      return null;
    }
    const draft = this.#sources.findIndex(({ value }) => hasPart(value, kind, key));
    return { draft: draft < 0 ? this.#indexOf(home) : draft, path };
  }

  /** Of a document by its name; without one: the config's own. */
  #indexOf(source: string | undefined): number {
    const index = source === undefined ? 0 : this.#sources.findIndex(({ file }) => (file ?? '') === source);
    if (index < 0) throw refused(`the config is not made of ${source}`);
    return index;
  }

  #indexIn(draft: number, list: EntryList, name: string): number {
    const index = this.#names(draft, list).indexOf(name);
    if (index >= 0) return index;
    if (!this.#place([list, name])) return noEntry(list, name);
    throw refused(`${name} stands in another document than ${this.#sources[draft]?.file ?? 'the config'}`);
  }

  #names(draft: number, list: EntryList): unknown[] {
    return entryNames(this.#sources[draft] as ConfigSource, list);
  }
}

interface TextEdit {
  path: Path;
  value: string;
}

/** Only rules can ask for a route or a rule. */
function conditionEdits(value: unknown, change: (text: string) => string): TextEdit[] {
  return listOf(value, 'rules').flatMap((rule, index) => {
    const match = textOf(rule, 'match') ?? '';
    const now = change(match);
    return now === match ? [] : [{ path: ['rules', index, 'match'], value: now }];
  });
}

function hasPart(value: unknown, kind: unknown, key: unknown): boolean {
  const part = valueAt(value, [String(kind)]);
  return key !== undefined && typeof part === 'object' && part !== null && Object.hasOwn(part, String(key));
}

function isEntryList(key: unknown): key is EntryList {
  return (ENTRY_LISTS as readonly unknown[]).includes(key);
}

function noEntry(list: unknown, name: unknown): never {
  const what = `no ${list === 'routes' ? 'route' : 'rule'} is called ${JSON.stringify(name)}`;
  throw new CommandFailure('NOT_FOUND', `${what}; it may have been renamed or deleted meanwhile`, { path: 'edits' });
}

function refused(message: string, cause?: unknown): CommandFailure {
  return new CommandFailure('BAD_INPUT', message, { path: 'edits', cause });
}
