/** What many exchanges have in common (method, host, route, backend …): a row for each such shape; exchanges name theirs by number. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { EXCHANGE, LINE, NUL, SHAPE } from './record-format.ts';
import { shapeTextOf } from './record-reader.ts';
import { ruleNames } from './trace-text.ts';

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

/** `schema`: the name under which the connection knows the file. */
export function createShapes(db: DatabaseSync, schema: string): void {
  db.exec(`CREATE TABLE IF NOT EXISTS ${schema}.shapes (${COLUMNS.join(', ')})`);
}

export class ExchangeShapes {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  /** By the number that the engine's run gave it. */
  readonly #byNumber = new Map<number, number>();
  readonly #byText = new Map<string, number>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    createShapes(db, 'main');
    this.#insert = db.prepare(`INSERT INTO shapes VALUES (${COLUMNS.map(() => '?').join(',')})`);
    this.load();
  }

  /** Forgets what was not committed. */
  load(): void {
    this.#byNumber.clear();
    this.#byText.clear();
    const rows = this.#db.prepare('SELECT id, text FROM shapes').all() as unknown as { id: number; text: string }[];
    for (const { id, text } of rows) this.#byText.set(text, id);
  }

  /** Of the exchange with that record. */
  idOf(record: Buffer, numbers: Float64Array): number {
    const number = numbers[EXCHANGE.shape] as number;
    const known = this.#byNumber.get(number);
    if (known !== undefined) return known;
    const text = shapeTextOf(record, numbers);
    const id = this.#byText.get(text) ?? this.#add(text);
    if (this.#byNumber.size > MANY) this.#byNumber.clear();
    if (number > 0) this.#byNumber.set(number, id);
    return id;
  }

  #add(text: string): number {
    const parts = text.split(NUL);
    const part = (place: number) => parts[place] as string;
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
    return Number(lastInsertRowid);
  }

  hostOf(id: number): string {
    return (
      (this.#db.prepare('SELECT host FROM shapes WHERE id = ?').get(id) as { host: string } | undefined)?.host ?? ''
    );
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
