import { takeTurns } from '../turns.ts';
import type { Dropping } from './retention.ts';

/** Drops recordings in turns with everything else, one heap after the other. */
export class Dropper {
  readonly #onGone: (gone: readonly number[]) => void;
  #steps: Dropping | null = null;
  /** Why that cannot be; null: nothing hinders it. */
  problem: string | null = null;

  constructor(onGone: (gone: readonly number[]) => void) {
    this.#onGone = onGone;
  }

  /** Answers whether anything has gone. Nothing is begun while something goes on. */
  async run(steps: Dropping): Promise<boolean> {
    if (this.#steps !== null) return false;
    this.#steps = steps;
    let count = 0;
    const step = () => {
      const { value: gone } = steps.next();
      if (!gone) {
        this.stop();
        return 'done';
      }
      this.#onGone(gone);
      count += gone.length;
      return 'more';
    };
    try {
      await takeTurns(step, () => this.#steps === steps);
      this.problem = null;
    } catch (error) {
      this.problem = `old recordings cannot be removed: ${(error as Error).message}`;
    }
    if (this.#steps === steps) this.#steps = null;
    return count > 0;
  }

  /** What goes on ends where it is. */
  stop(): void {
    this.#steps = null;
  }
}
