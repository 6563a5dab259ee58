/** What is being recorded, on disk: an index and segments. Lives in the store thread; everything here may take time. */
import type { ParsedInput } from '../contract/api.ts';
import type { CaptureLevel } from '../contract/state.ts';
import type { NotKept } from './capture-store.ts';
import { Dropper } from './disk/dropper.ts';
import { GoingOn } from './disk/going-on.ts';
import { type Intake, intakeOf } from './disk/intake.ts';
import type { OpenParts } from './disk/open-parts.ts';
import { type OpenedRecordings, openRecordings } from './disk/open-recordings.ts';
import { type Limits, Retention } from './disk/retention.ts';
import { endsIn, hasBodies, layOut, type Run, withoutBodies } from './disk/run.ts';
import type { Segments } from './disk/segments.ts';
import { NOT_TAKEN, Unended } from './disk/unended.ts';
import { writeFailure } from './disk/write-failure.ts';
import type { ExchangeIndex } from './index/exchange-index.ts';
import { RecordedExchanges } from './recorded-exchanges.ts';
import { stepByStep } from './turns.ts';

export interface DiskState {
  exchanges: number;
  bytes: number;
  newestId: number;
  /** Recordings that could not be kept. */
  lost: number;
  /** Recordings of which the bodies could not be kept. */
  withoutBodies: number;
  /** What is kept of what comes now. */
  level: Extract<CaptureLevel, 'full' | 'heads' | 'off'>;
  /** Why that is not everything; null: it is. */
  problem: string | null;
  /** What an earlier process could not finish, and why it has no end yet; null: there is nothing like that. */
  unended: string | null;
}

/** A disk that takes so much has room again. */
const PROBE_BYTES = 256 * 1024;

export class DiskStore {
  readonly exchanges: RecordedExchanges;
  readonly #index: ExchangeIndex;
  readonly #segments: Segments;
  readonly #retention: Retention;
  readonly #parts: OpenParts;
  readonly #goingOn: GoingOn;
  readonly #unended: Unended;
  /** Shown, and ended while the disk took nothing. */
  readonly #endsLost: Unended;
  #limits: Limits;
  #lost = 0;
  #withoutBodies = 0;
  #level: DiskState['level'] = 'full';
  #problem: string | null = null;
  readonly #dropper = new Dropper((gone) => this.exchanges.forget(gone));
  /** Called when recordings have been dropped, which goes on after what made it necessary. */
  onDropped: () => void = () => {};

  private constructor(opened: OpenedRecordings, limits: Limits) {
    const { index, segments, journal, parts, unended } = opened;
    this.#index = index;
    this.#segments = segments;
    this.#segments.maxBytes = limits.disk;
    this.#limits = limits;
    this.#parts = parts;
    this.#unended = unended;
    this.#endsLost = new Unended([], NOT_TAKEN, opened);
    this.#goingOn = new GoingOn(journal, parts, unended.ids, ({ message }) => {
      this.#problem ??= `what goes on would be lost with this process: ${message}`;
    });
    this.exchanges = new RecordedExchanges(index, segments, index.allIds(), this.#parts);
    this.#retention = new Retention(index, segments);
    this.#retention.noteFirstArrivals(this.exchanges.ids);
  }

  /** `note`: what could not be read. Throws when another process has the directory or it cannot be written. */
  static open(dir: string, limits: Limits): { store: DiskStore; note: string | null } {
    const opened = openRecordings(dir, limits.bodies);
    return { store: new DiskStore(opened, limits), note: opened.note };
  }

  state(): DiskState {
    return {
      exchanges: this.exchanges.ids.length,
      bytes: this.#segments.bytes,
      newestId: this.exchanges.newestId,
      lost: this.#lost,
      withoutBodies: this.#withoutBodies,
      level: this.#level,
      problem: this.#problem ?? this.#dropper.problem,
      unended: this.#unended.note,
    };
  }

  configure(limits: Limits): void {
    this.#limits = limits;
    this.#segments.maxBytes = limits.disk;
    this.#parts.maxMessageBytes = limits.bodies;
    void this.#dropExcess();
  }

  /**
   * Takes a batch in. What the disk does not take with its bodies is kept without them, as long as it takes that. `giveBack`: called when
   * the memory of the batch is not needed any more, which may be after batches that come later.
   */
  take(batch: Buffer, giveBack: () => void = () => {}): void {
    const intake = intakeOf(batch, this.#parts);
    if (intake.runs.length > 0) this.#record(intake);
    this.#goingOn.follow(intake);
    this.#parts.settle(batch, giveBack);
  }

  #record({ runs, ended }: Intake): void {
    const reason = this.#tryToWrite(runs);
    if (reason === null) {
      this.#say('full', null);
      void this.#dropExcess();
      return;
    }
    // Before bodies are taken out of them.
    const ends = endsIn(runs, new Set(ended.filter((id) => this.exchanges.has(id))));
    if (hasBodies(runs) && this.#tryToWrite(withoutBodies(runs)) === null) {
      this.#withoutBodies += ended.length;
      this.#say('heads', reason);
    } else {
      this.#lost += ended.length - this.#endsLost.add(ends);
      this.#say('off', reason);
    }
  }

  #say(level: DiskState['level'], reason: string | null): void {
    this.#level = level;
    this.#problem = reason === null ? null : `recordings cannot be written: ${reason}`;
  }

  /** null: it was. */
  #tryToWrite(runs: readonly Run[]): string | null {
    try {
      this.#write(runs);
      return null;
    } catch (error) {
      return writeFailure(error as Error);
    }
  }

  /** Bytes to a segment first, then their rows in one transaction. */
  #write(runs: readonly Run[]): void {
    const start = this.#segments.place();
    try {
      const { parts, places } = layOut(runs, start);
      this.#segments.append(parts);
      this.#index.transaction(() => {
        runs.forEach((run, n) => this.#index.putAll(run, places[n] as (typeof places)[number]));
      });
      this.exchanges.know(places.flatMap((some) => some.map(({ id }) => id)));
    } catch (error) {
      this.#segments.truncate(start.segment, start.offset);
      throw error;
    }
  }

  /** For questions that are asked of rows: writes those that are not yet, while other things have their turn. */
  async prepareRows(): Promise<void> {
    // Rows that a full disk does not take are asked in memory.
    await stepByStep(this.#index.writeRows()).catch(() => {});
  }

  async #dropExcess(): Promise<void> {
    // Meanwhile more may have come.
    while (await this.#dropper.run(this.#retention.excess(this.exchanges.ids, this.#limits))) this.onDropped();
  }

  /** Now and then: drops what has become too old, and ends what could not be ended before, and looks whether a full disk has room again. `now`: epoch milliseconds. Answers whether anything changed. */
  async tidy(now: number): Promise<boolean> {
    const ended = [...this.#unended.end(), ...this.#endsLost.end()];
    this.#goingOn.ended(ended);
    for (const id of ended) this.exchanges.changed(id);
    const isFullAgain = this.#level !== 'full' && this.#segments.hasRoom(PROBE_BYTES);
    if (isFullAgain) this.#say('full', null);
    const { age } = this.#limits;
    this.#retention.noteArrivals(this.exchanges.ids, now, age);
    const drops = age !== undefined && (await this.#dropper.run(this.#retention.older(this.exchanges.ids, now - age)));
    await this.#dropExcess();
    return drops || isFullAgain || ended.length > 0;
  }

  mark({ ids, ...change }: ParsedInput<'exchange.mark'>): { marked: number } | { refused: string } {
    const answer = this.#index.mark(ids, change, this.#limits);
    if ('refused' in answer) return answer;
    for (const id of answer.marked) this.exchanges.changed(id);
    return { marked: answer.marked.length };
  }

  notKept(ids: readonly number[]): NotKept {
    const { level, problem } = this.state();
    return { ids: ids.filter((id) => !this.exchanges.has(id)), level, problem };
  }

  clear(): void {
    this.#dropper.stop();
    // First what makes room: on a full disk the index could not be changed.
    this.#segments.clear();
    this.#unended.clear();
    this.#endsLost.clear();
    this.#goingOn.clear();
    this.#index.clear();
    this.exchanges.forgetAll();
  }

  close(): void {
    this.#dropper.stop();
    this.#retention.noteArrivals(this.exchanges.ids, Date.now(), this.#limits.age);
    this.exchanges.close();
    this.#goingOn.close();
    this.#index.close();
    this.#segments.close();
  }
}
