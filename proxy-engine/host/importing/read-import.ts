/** What another program's file would make of a document: everything that an import is shown with. */
import type { ImportFormat, ImportResult } from '../../contract/transfer.ts';
import { UnreadableImport } from '../../importers/draft.ts';
import { importConfig, printPart } from '../../importers/import.ts';
import { mergeText } from '../config/merge.ts';
import { issuesOf } from '../config/reason.ts';
import { type ReadConfig, readConfig, sharedOf } from '../config-file.ts';
import { thisMachine } from './this-machine.ts';

/** Can be sent to a thread. */
export interface ImportJob {
  text: string;
  format?: ImportFormat | undefined;
  into: Pick<ReadConfig, 'config' | 'text' | 'baseDir'> & { file?: string | undefined };
  /** The texts of what it includes from afar, by name. */
  shared: ReadonlyMap<string, string>;
}

/** `unreadable`: why it is no such file. */
export type ImportOutcome = { result: ImportResult } | { unreadable: string };

export function importJob(into: ReadConfig, text: string, format: ImportFormat | undefined): ImportJob {
  const { config, text: document, baseDir, file } = into;
  return {
    text,
    format,
    into: { config, text: document, baseDir, file },
    shared: new Map(sharedOf(into).map(({ name, text }) => [name, text])),
  };
}

/** Reads it here and now, which may take seconds. */
export function readImport({ text: source, format, into, shared }: ImportJob): ImportOutcome {
  try {
    const { part, items, ...imported } = importConfig(source, {
      into: into.config,
      ...thisMachine(into.baseDir),
      ...(format ? { format } : {}),
    });
    const merged = mergeText(into.text, part);
    const adds = [part.listeners, part.pools, part.routes, part.rules].reduce(
      (sum, each) => sum + Object.keys(each).length,
      0,
    );
    const issues = [...issuesIn(merged, into, shared)];
    const text = printPart(part);
    return { result: { format: imported.format, text, adds, document: into.text, merged, items, issues } };
  } catch (error) {
    if (error instanceof UnreadableImport) return { unreadable: error.message };
    throw error;
  }
}

function issuesIn(text: string, { baseDir, file }: ImportJob['into'], shared: ImportJob['shared']) {
  try {
    readConfig({ text, baseDir, ...(file === undefined ? {} : { file }) }, { instead: shared });
    return [];
  } catch (error) {
    return issuesOf(error);
  }
}
