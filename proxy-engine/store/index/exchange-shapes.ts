/** What many exchanges have in common (method, host, route, backend …): a row for each such shape; exchanges name theirs by number. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { shapeTextIn } from '../record/common-frame.ts';
import { EXCHANGE, LINE, NUL, SHAPE } from '../record/record-format.ts';
import { shapeTextOf } from '../record/record-reader.ts';
import type { Records } from '../record/records.ts';
import { ruleNames } from '../record/trace-text.ts';
import type { ShapeCondition } from './sql-filter.ts';

const COLUMNS = [
  'id INTEGER PRIMARY KEY',
  'text TEXT NOT NULL',
  'method TEXT NOT NULL',
  'scheme TEXT NOT NULL',
  'authority TEXT NOT NULL',
  'host TEXT NOT NULL',
  'protocol TEXT NOT NULL',
  'listener TEXT NOT NULL',
  'clientIp TEXT NOT NULL',
  'route TEXT',
  'pool TEXT',
  'backend TEXT',
  'contentType TEXT',
  'error TEXT',
  'rules TEXT',
] as const;

/** From which on shapes without exchanges are looked for when exchanges are dropped. */
const MANY = 20_000;
const MANY_CONDITIONS = 200;

/** `schema`: the name under which the connection knows the file. */
export function createShapes(db: DatabaseSync, schema: string): void {
  db.exec(`CREATE TABLE IF NOT EXISTS ${schema}.shapes (${COLUMNS.join(', ')})`);
}

export class ExchangeShapes {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  /** Asked of each shape when exchanges are counted or put in order. */
  readonly #host: StatementSync;
  readonly #request: StatementSync;
  readonly #sortedHost: StatementSync;
  /** By the number that the engine's run gave it. */
  readonly #byNumber = new Map<number, number>();
  readonly #byText = new Map<string, number>();
  readonly #holding = new Map<string, Uint8Array>();
  readonly #sortedHosts = new Map<number, string>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    createShapes(db, 'main');
    this.#insert = db.prepare(`INSERT INTO shapes VALUES (${COLUMNS.map(() => '?').join(',')})`);
    this.#host = db.prepare('SELECT host FROM shapes WHERE id = ?');
    this.#request = db.prepare('SELECT method, authority AS host FROM shapes WHERE id = ?');
    this.#sortedHost = db.prepare('SELECT lower(authority) AS host FROM shapes WHERE id = ?');
    this.load();
  }

  /** Forgets what was not committed. */
  load(): void {
    this.#byNumber.clear();
    this.#byText.clear();
    this.#sortedHosts.clear();
    this.#holding.clear();
    const rows = this.#db.prepare('SELECT id, text FROM shapes').all() as unknown as { id: number; text: string }[];
    for (const { id, text } of rows) this.#byText.set(text, id);
  }

  /** Of one of those exchanges. */
  idOf(records: Records, n: number): number {
    const start = records.starts[n] as number;
    const number = records.numbers[(start >>> 3) + EXCHANGE.shape] as number;
    const known = this.#byNumber.get(number);
    if (known !== undefined) return known;
    const common = records.commons[n] ?? null;
    const text = common === null ? shapeTextOf(records, start) : shapeTextIn(common);
    const id = this.#byText.get(text) ?? this.#add(text);
    if (this.#byNumber.size > MANY) this.#byNumber.clear();
    if (number > 0) this.#byNumber.set(number, id);
    return id;
  }

  #add(text: string): number {
    const parts = text.split(NUL);
    // Broken bytes may have fewer.
    const part = (place: number) => parts[place] ?? '';
    const { lastInsertRowid } = this.#insert.run(
      null,
      text,
      part(SHAPE.method),
      part(SHAPE.scheme),
      part(SHAPE.authority),
      hostOf(part(SHAPE.authority)),
      part(SHAPE.protocol),
      part(SHAPE.listener),
      part(SHAPE.clientIp),
      part(SHAPE.route) || null,
      part(SHAPE.pool) || null,
      part(SHAPE.backend) || null,
      part(SHAPE.contentType) || null,
      part(SHAPE.errorCode) || null,
      ruleNames(part(SHAPE.traces)).join(LINE) || null,
    );
    this.#byText.set(text, Number(lastInsertRowid));
    this.#holding.clear();
    return Number(lastInsertRowid);
  }

  hostOf(id: number): string {
    return (this.#host.get(id) as { host: string } | undefined)?.host ?? '';
  }

  requestOf(id: number): { method: string; host: string } {
    const found = this.#request.get(id);
    return (found as { method: string; host: string } | undefined) ?? { method: '', host: '' };
  }

  /** By id: 1 where the condition holds. Asked again only when there is another shape: a long search asks in many steps. */
  where({ where, params }: ShapeCondition): Uint8Array {
    const key = `${where}${NUL}${params.join(NUL)}`;
    let holds = this.#holding.get(key);
    if (holds === undefined) {
      const found = this.#db.prepare(`SELECT id FROM shapes WHERE ${where}`).all(...params) as unknown as {
        id: number;
      }[];
      holds = new Uint8Array(found.reduce((most, { id }) => Math.max(most, id), 0) + 1);
      for (const { id } of found) holds[id] = 1;
      if (this.#holding.size >= MANY_CONDITIONS) this.#holding.clear();
      this.#holding.set(key, holds);
    }
    return holds;
  }

  /** What a list is sorted by: with its port, in lower case. Asked for very many exchanges. */
  sortedHostOf(id: number): string {
    let host = this.#sortedHosts.get(id);
    if (host === undefined) {
      const found = this.#sortedHost.get(id);
      host = (found as { host: string } | undefined)?.host ?? '';
      if (this.#sortedHosts.size > MANY) this.#sortedHosts.clear();
      this.#sortedHosts.set(id, host);
    }
    return host;
  }

  /** After exchanges were dropped. */
  dropUnused(): void {
    if (this.#byText.size < MANY) return;
    this.#db.exec('DELETE FROM shapes WHERE id NOT IN (SELECT shape FROM exchanges)');
    this.load();
  }

  clear(): void {
    this.#db.exec('DELETE FROM shapes');
    this.load();
  }
}

/** Without the port, in lower case. */
function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, '').toLowerCase();
}
