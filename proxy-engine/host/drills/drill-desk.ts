/** Drills on the running engine: one at a time, their reports kept. */
import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../../clock.ts';
import type { CommandResult } from '../../contract/api.ts';
import type { ConfigIssue } from '../../contract/config-issue.ts';
import type { Drill, DrillReport, DrillStatus } from '../../contract/drill.ts';
import { localPorts } from '../../discovery/local-ports.ts';
import { DrillRun } from '../../drills/drill-run.ts';
import { startLoad } from '../../drills/load.ts';
import { type ProcessSignals, systemSignals } from '../../drills/process-signals.ts';
import { summaryOf } from '../../drills/report.ts';
import { CommandFailure } from '../command-failure.ts';
import type { RunningEngine } from '../running-engine.ts';
import { DrillArchive } from './drill-archive.ts';
import { backendNames, fitDrill, type LoadedDrill, loadDrill } from './drill-document.ts';
import { journaled, wakeLeftBehind } from './sleep-journal.ts';

export interface DrillDeskOptions {
  engine: RunningEngine;
  /** Of the reports; null: they are kept in memory. */
  directory: string | null;
  /** Where it is kept which processes stand still; null: nowhere. */
  journalDirectory: string | null;
  /** There is something new in `status()`. */
  onChange(): void;
  /** Something that a person should read. */
  onNotice(level: 'warn' | 'error', message: string): void;
}

export class DrillDesk {
  readonly #options: DrillDeskOptions;
  readonly #archive: DrillArchive;
  readonly #clock: Clock = systemClock;
  readonly #signals: ProcessSignals;
  #run: DrillRun | null = null;
  #ended: Promise<DrillReport> | null = null;
  /** From the order to start until the run is over and its report is kept. */
  #isBusy = false;

  constructor(options: DrillDeskOptions) {
    this.#options = options;
    this.#archive = new DrillArchive(options.directory);
    const { journalDirectory } = options;
    const signals = systemSignals(localPorts);
    this.#signals = journalDirectory === null ? signals : journaled(signals, journalDirectory);
  }

  /** Mends what a drill left behind whose engine was killed. */
  mendLeftBehind(): void {
    const { journalDirectory, onNotice } = this.#options;
    const pids = journalDirectory === null ? [] : wakeLeftBehind(journalDirectory, this.#signals);
    if (pids.length > 0)
      onNotice('warn', `an earlier drill was killed and left processes standing still; they go on: ${pids.join(', ')}`);
  }

  /** Its last change is that the report is kept. */
  status(): DrillStatus | undefined {
    const status = this.#run?.status();
    return status && !this.#isBusy ? { ...status, changes: status.changes + 1 } : status;
  }

  check(text: string): CommandResult<'drill.check'> {
    const loaded = loadDrill(text, undefined, process.env);
    if (!loaded.ok) return { issues: loaded.issues };
    return { issues: fitDrill(loaded, this.#options.engine.state()).issues, document: loaded.document };
  }

  /** Resolves when it runs. Throws `CommandFailure`: it has mistakes, does not fit this engine, or another one runs. */
  async start(text: string, file?: string): Promise<{ id: string; ended: Promise<DrillReport> }> {
    const loaded = loadDrill(text, file, process.env);
    if (!loaded.ok) throw refused(loaded.issues);
    if (this.#isBusy) throw new CommandFailure('CONFLICT', 'a drill runs; wait for its end, or stop it');
    this.#isBusy = true;
    try {
      await this.#checkProcesses(loaded.drill);
      return this.#begin(loaded, text);
    } catch (error) {
      this.#isBusy = false;
      throw error;
    }
  }

  #begin(loaded: LoadedDrill, text: string): { id: string; ended: Promise<DrillReport> } {
    const { engine, onChange } = this.#options;
    const state = engine.state();
    const { issues, aim } = fitDrill(loaded, state);
    if (aim === null) throw refused(issues);
    const id = newId(this.#clock.epoch());
    const [clock, signals, backends] = [this.#clock, this.#signals, backendNames(state)];
    const run = new DrillRun({
      id,
      drill: loaded.drill,
      text,
      aim,
      backends,
      engine,
      clock,
      signals,
      startLoad,
      onChange,
    });
    this.#run = run;
    this.#ended = run.run().then((report) => this.#keep(report));
    return { id, ended: this.#ended };
  }

  /** A process that must not get a signal is told before anything happens. */
  async #checkProcesses({ timeline }: Drill): Promise<void> {
    for (const step of timeline) {
      if (!('process' in step)) continue;
      await this.#signals.find(step.process.port).catch((error: unknown) => {
        throw new CommandFailure('BAD_INPUT', (error as Error).message, { path: 'timeline', cause: error });
      });
    }
  }

  async #keep(report: DrillReport): Promise<DrillReport> {
    try {
      await this.#archive.add(report);
    } catch (error) {
      this.#options.onNotice('error', `the report of ${report.name} could not be written: ${(error as Error).message}`);
    }
    this.#isBusy = false;
    this.#options.onChange();
    return report;
  }

  /** Resolves when everything is as it was before; null: none runs. */
  async stop(): Promise<{ id: string } | null> {
    if (!this.#isBusy || !this.#run || !this.#ended) return null;
    this.#run.stop();
    return { id: (await this.#ended).id };
  }

  async list(): Promise<CommandResult<'drill.list'>> {
    return { runs: (await this.#archive.list()).map(summaryOf) };
  }

  /** Of one that runs: as far as it is. */
  async get(id: string): Promise<DrillReport> {
    if (this.#run?.status().id === id) return this.#run.report();
    const report = await this.#archive.get(id);
    if (report) return report;
    throw new CommandFailure('NOT_FOUND', `there is no report of a drill ${id}; the oldest are dropped`, {
      path: 'id',
    });
  }

  async close(): Promise<void> {
    await this.stop();
  }
}

function refused(issues: readonly ConfigIssue[]): CommandFailure {
  const [first, ...more] = issues;
  const message = `${first?.path ? `${first.path}: ` : ''}${first?.message ?? 'not a drill'}`;
  return new CommandFailure('BAD_CONFIG', more.length > 0 ? `${message} (and ${more.length} more)` : message, {
    issues,
  });
}

/** Sorts by time: `20261129T021530-3fa9`. */
function newId(epoch: number): string {
  return `${new Date(epoch).toISOString().replace(/[-:]|\..*/g, '')}-${randomBytes(2).toString('hex')}`;
}
