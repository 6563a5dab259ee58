/** The database file of an index: its columns, and how SQLite is told to treat it. */
import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { compilePattern, isMistake, type Pattern } from '../../match/pattern.ts';
import { createArrivals } from './arrivals.ts';

/** Raised when a column is added or means something else: an older file is moved aside, and made anew out of the recordings. */
const SCHEMA_VERSION = 3;

/** What filters ask most comes first: SQLite reads a row up to the last column that it needs. */
const COLUMNS = [
  'id INTEGER PRIMARY KEY',
  'status INTEGER',
  'shape INTEGER NOT NULL',
  'path TEXT NOT NULL',
  'query TEXT',
  'duration REAL',
  'attempts INTEGER NOT NULL',
  'requestSize INTEGER NOT NULL',
  'responseSize INTEGER NOT NULL',
  'segment INTEGER NOT NULL',
  'offset INTEGER NOT NULL',
  'recordBytes INTEGER NOT NULL',
  'requestBodyBytes INTEGER NOT NULL',
  'responseBodyBytes INTEGER NOT NULL',
  'startedAt REAL NOT NULL',
  'ttfb REAL',
  'note TEXT',
  'color TEXT',
] as const;
/** Names of all but the last two, which few exchanges have: a value that is left out takes no time. */
export const UNMARKED_COLUMNS = COLUMNS.slice(0, -2).map((column) => column.split(' ', 1)[0] as string);

/** Those that say where an exchange lies. */
export const PLACE = 'id, segment, offset, recordBytes, requestBodyBytes, responseBodyBytes';

/**
 * Throws when the file is no index, is broken, or another process has it. `readOnly`: it is only asked, also by several processes.
 * Little is cached here, and nothing mapped: the system caches the same pages, and its copy is nobody's resident memory.
 */
export function openDatabase(file: string, readOnly: boolean): DatabaseSync {
  if (!readOnly) forOwnerOnly(file);
  const db = new DatabaseSync(file, { readOnly });
  // Exclusive: a second process with the same directory must not write into the same segments.
  if (!readOnly) db.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;');
  // On a full disk nothing else would be left.
  if (!readOnly) db.exec('PRAGMA temp_store=MEMORY;');
  db.exec(`PRAGMA cache_size=-${CACHE_KIB};`);
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version !== 0 && version !== SCHEMA_VERSION) throw new Error(`the index has version ${version}`);
  if (version === 0) createExchanges(db, 'main');
  if (!readOnly) createArrivals(db);
  db.exec(`CREATE ${readOnly ? 'TEMP ' : ''}TABLE IF NOT EXISTS ${PACKED}`);
  addPatterns(db);
  return db;
}

/** It has hosts, paths and queries; SQLite would let everybody read it. The files beside it get the rights of this one. */
export function forOwnerOnly(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

const CACHE_KIB = 8192;
/** Rows of exchanges that are not written yet (`ExchangeRows`). A file that is only asked has none of them. */
const PACKED =
  'unwritten (number INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, rows BLOB NOT NULL)';

/** `schema`: the name under which the connection knows the file. */
export function createExchanges(db: DatabaseSync, schema: string, name = 'exchanges'): void {
  db.exec(
    `CREATE TABLE IF NOT EXISTS ${schema}.${name} (${COLUMNS.join(', ')}); PRAGMA ${schema}.user_version=${SCHEMA_VERSION};`,
  );
}

/** The function that asks a regular expression of the config's language. */
function addPatterns(db: DatabaseSync): void {
  const known = new Map<string, Pattern>();
  db.function('matches', { deterministic: true }, (source, folded, value) => {
    if (typeof value !== 'string') return 0;
    const foldsCase = folded === 1n || folded === 1;
    const key = `${foldsCase ? 'i' : '-'}${String(source)}`;
    let pattern = known.get(key);
    if (pattern === undefined) {
      if (known.size > 50) known.clear();
      known.set(key, (pattern = patternOf(String(source), foldsCase)));
    }
    return pattern.test(value) ? 1 : 0;
  });
}

function patternOf(source: string, foldsCase: boolean): Pattern {
  const pattern = compilePattern(source, foldsCase);
  if (isMistake(pattern)) throw new Error(pattern.message);
  return pattern;
}
