/** "Break on the next one": holds the first exchange for which an expression holds, and only that one. */
import type { BreakpointState } from '../contract/breakpoint.ts';
import type { RoutedSubject } from '../match/compile.ts';
import { compileExpression } from '../match/compile.ts';

type Armed = NonNullable<BreakpointState['next']>;

export class NextBreakpoint {
  #armed: (Armed & { holds(this: void, subject: RoutedSubject): boolean }) | null = null;
  readonly #changed: () => void;

  constructor(onChange: () => void) {
    this.#changed = onChange;
  }

  /** Replaces what was armed before. Answers what is wrong with the expression; null: it is armed. */
  arm({ match, phase }: Armed): string | null {
    const compiled = compileExpression(match, 'routed');
    if (!compiled.ok) {
      const [first] = compiled.issues;
      return `at character ${(first?.from ?? 0) + 1}: ${first?.message ?? 'not an expression'}`;
    }
    this.#armed = { match, phase, holds: compiled.holds };
    this.#changed();
    return null;
  }

  disarm(): void {
    this.#armed = null;
    this.#changed();
  }

  state(): BreakpointState['next'] {
    return this.#armed && { match: this.#armed.match, phase: this.#armed.phase };
  }

  /** Whether this exchange is the one; asked once an exchange, in the request phase. The answer disarms it. */
  take(subject: RoutedSubject): Armed['phase'] | null {
    const armed = this.#armed;
    if (armed === null || !armed.holds(subject)) return null;
    this.disarm();
    return armed.phase;
  }
}
