/** Conditions that a target cannot ask: what serves is left out there, what closes closes more than it did. */
import type { RequestActionConfig } from '../contract/config.ts';
import { ALWAYS, type Condition, readCondition, readWidened, testsOf, writableOf } from './condition.ts';
import { Inexpressible, type Notes } from './notes.ts';
import { simplify } from './simplify.ts';

/** Throws `Inexpressible` for a condition that the target cannot ask. */
export type Writer = (condition: Condition) => unknown;

interface Asked {
  what: string;
  /** What happens where it is left out. */
  otherwise?: string;
  /** Whether it keeps exchanges from what follows. */
  closes: boolean;
  read(this: void, reader: typeof readCondition): Condition;
}

export class Guards {
  readonly #notes: Notes;
  readonly #given: Condition;
  readonly #write: Writer;

  constructor(notes: Notes, given: Condition, write: Writer) {
    this.#notes = notes;
    this.#given = given;
    this.#write = write;
  }

  /** Undefined, and told: it is left out. */
  conditionOf(path: string, { what, otherwise, closes, read }: Asked): Condition | undefined {
    if (!closes) {
      const told = otherwise === undefined ? what : `${what} (${otherwise})`;
      return this.#notes.attempt(path, told, () => simplify(read(readCondition), this.#given));
    }
    const reason = reasonAgainst(() => this.#check(read(readCondition)));
    if (reason === null) return simplify(read(readCondition), this.#given);
    this.#notes.refuse(path, `${what} (it closes more than it did)`, reason);
    const wide = simplify(read(readWidened), this.#given);
    return simplify(writableOf(wide, (condition) => reasonAgainst(() => this.#check(condition)) === null));
  }

  #check(condition: Condition): void {
    this.#write(simplify(undecided(condition) ?? ALWAYS, this.#given));
  }
}

function reasonAgainst(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof Inexpressible) return error.message;
    throw error;
  }
}

const DECIDED_LATER: ReadonlySet<string> = new Set(['listener', 'route', 'pool']);

/**
 * Without what no target has to ask: where a file has a place for each listener and route, it is known there, whichever it is; all
 * else may be left to be asked. Null: nothing is.
 */
function undecided(condition: Condition): Condition | null {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const of = condition.of.map(undecided).filter((each) => each !== null);
      return of.length === 0 && condition.of.length > 0 ? null : { kind: condition.kind, of };
    }
    case 'not': {
      const of = undecided(condition.of);
      return of && { kind: 'not', of };
    }
    case 'status':
      return condition;
    default:
      return DECIDED_LATER.has(condition.subject.kind) ? null : condition;
  }
}

/** `write` for a target that takes the address of a trusted proxy for the client's. */
export function withoutClients(write: Writer, target: string): Writer {
  return (condition) => {
    if ([...testsOf(condition)].some((test) => test.kind !== 'status' && test.subject.kind === 'clientIp'))
      throw new Inexpressible(`${target} takes the address of a trusted proxy for the client's`);
    return write(condition);
  };
}

/** Whether it keeps an exchange from its backend for good. */
export function isClosing(action: RequestActionConfig): boolean {
  return 'abort' in action || ('respond' in action && action.respond.status >= 400);
}
