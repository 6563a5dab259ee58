/** Does what the timeline says when it is due, and sets everything back at the end. */
import type { Pool } from '../balancer/pool.ts';
import type { Clock } from '../clock.ts';
import type { DrillStep, DrillStepReport } from '../contract/drill.ts';
import type { DrillSignal } from '../contract/drill-signals.ts';
import type { FoundProcess, ProcessSignals } from './process-signals.ts';
import { findBackend, Restorer } from './restorer.ts';
import { describeStep, inOrder, quietBefore, returnsOf } from './timeline.ts';
import type { Return } from './verdict.ts';

export interface ConductorOptions {
  timeline: readonly DrillStep[];
  /** Of the running config; undefined: there is none of that name. */
  poolOf(name: string): Pool | undefined;
  clock: Clock;
  signals: ProcessSignals;
  onStep(): void;
  /** A step could not be done; those after it are not tried. */
  onBroken(error: unknown): void;
}

/** Who gets a signal is looked up this long before it is due: on a busy machine that takes a moment. */
const LOOK_AHEAD_MS = 1000;

export class Conductor {
  readonly #options: ConductorOptions;
  readonly #steps: readonly DrillStep[];
  readonly steps: DrillStepReport[];
  readonly #restorer: Restorer;
  /** Who gets the signal of a step, by the step's place, where it was looked up ahead. */
  readonly #targets = new Map<number, Promise<FoundProcess>>();
  #cancels: (() => void)[] = [];
  #startedAt = 0;
  #isOver = false;

  constructor(options: ConductorOptions) {
    this.#options = options;
    this.#steps = inOrder(options.timeline);
    this.steps = this.#steps.map(describeStep);
    this.#restorer = new Restorer(options.poolOf, options.signals);
  }

  /** Looks up who gets the signals of the first second. */
  async prepare(): Promise<void> {
    const first = this.#steps.flatMap((step, index) => (step.at <= LOOK_AHEAD_MS ? [this.#lookUp(index)] : []));
    await Promise.allSettled(first);
  }

  /** `startedAt`: on the clock, when the drill begins. */
  start(startedAt: number): void {
    this.#startedAt = startedAt;
    this.#awaitStep(0);
    for (const [index, step] of this.#steps.entries())
      if ('process' in step && step.at > LOOK_AHEAD_MS)
        this.#at(step.at - LOOK_AHEAD_MS, () => void this.#lookUp(index)?.catch(() => {}));
  }

  /** Nothing more happens, and everything is as it was before; says what was set back. */
  end(): string[] {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
    this.#isOver = true;
    return this.#restorer.restore();
  }

  /** When backends were brought back so far. */
  returns(): Return[] {
    return returnsOf(
      this.#steps,
      this.steps.map(({ doneMs }) => doneMs),
    );
  }

  #at(elapsedMs: number, task: () => void): void {
    const { clock } = this.#options;
    this.#cancels.push(clock.after(Math.max(0, this.#startedAt + elapsedMs - clock.now()), task));
  }

  /** Steps that are due together happen at once; only who gets a signal may have to be waited for. */
  #awaitStep(index: number): void {
    const step = this.#steps[index];
    if (!step) return;
    this.#at(step.at, () => this.#doDue(index));
  }

  #doDue(index: number): void {
    const step = this.#steps[index];
    if (!step) return;
    if (step.at > this.#elapsed()) return this.#awaitStep(index);
    if ('process' in step) return void this.#signalInTurn(step.process, index);
    try {
      this.#change(step);
    } catch (error) {
      return this.#options.onBroken(error);
    }
    this.#done(index);
    this.#doDue(index + 1);
  }

  async #signalInTurn(of: Extract<DrillStep, { process: unknown }>['process'], index: number): Promise<void> {
    try {
      const told = await this.#signal(of, index);
      if (told === null) return;
      this.steps[index]!.note = told;
    } catch (error) {
      return this.#options.onBroken(error);
    }
    this.#done(index);
    this.#doDue(index + 1);
  }

  #done(index: number): void {
    this.steps[index]!.doneMs = this.#elapsed();
    this.#options.onStep();
  }

  #elapsed(): number {
    return this.#options.clock.now() - this.#startedAt;
  }

  #change(step: Extract<DrillStep, { backend: string }>): void {
    const { poolOf, clock } = this.#options;
    const found = findBackend(step.backend, poolOf);
    if (!found) throw new Error(`${step.backend} is not in the config any more`);
    this.#restorer.remember(step.backend, found);
    const time = new Date(clock.epoch()).toTimeString().slice(0, 5);
    if ('state' in step) found.pool.setState(found.backend, step.state, `by the drill, ${time}`);
    else found.pool.setFault(found.backend, step.fault);
  }

  // ── signals ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #lookUp(index: number): Promise<FoundProcess> | undefined {
    const step = this.#steps[index]!;
    // What an earlier step does to the process may put another in its place.
    if (!('process' in step) || !quietBefore(this.#steps, index, LOOK_AHEAD_MS)) return undefined;
    const found = this.#options.signals.find(step.process.port);
    this.#targets.set(index, found);
    return found;
  }

  /** Answers who got it; null: the drill was over before it was sent. */
  async #signal(
    { port, signal }: Extract<DrillStep, { process: unknown }>['process'],
    index: number,
  ): Promise<string | null> {
    const { signals } = this.#options;
    const ahead = await this.#targets.get(index)?.catch(() => null);
    if (this.#isOver) return null;
    if (ahead && signals.send(ahead.pid, signal)) return this.#sent(ahead, signal);
    // It was not looked up, or is gone since: who listens there now?
    const found = await signals.find(port);
    if (this.#isOver) return null;
    if (signals.send(found.pid, signal)) return this.#sent(found, signal);
    throw new Error(`${found.told}, which listened on port ${port}, is gone`);
  }

  #sent({ pid, told }: FoundProcess, signal: DrillSignal): string {
    this.#restorer.signalled(pid, told, signal);
    return told;
  }
}
