/** Conditions that a target cannot ask: what serves is left out there, what closes closes more than it did. */
import type { RequestActionConfig } from '../contract/config.ts';
import {
  ALWAYS,
  type Condition,
  listenerIs,
  NEVER,
  readCondition,
  readWidened,
  testsOf,
  writableOf,
} from './condition.ts';
import { Inexpressible, type Notes } from './notes.ts';
import { openedBySecond, orFirstLine, type Several } from './several.ts';
import { isAlways, simplify } from './simplify.ts';
import { constantOf } from './value.ts';

/** Throws `Inexpressible` for a condition that the target cannot ask. */
export type Writer = (condition: Condition) => unknown;

/** How a target asks. */
export interface Asking {
  write: Writer;
  /** Its name, when its conditions ask for the peer where a trusted proxy stands between. */
  asksPeer?: string | undefined;
  several?: Several | undefined;
}

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
  readonly #asking: Asking;
  /** Where it takes the proxy for the client. */
  readonly #blind: readonly string[];

  /** `given` holds everywhere; `trusting` are the listeners with trusted proxies. */
  constructor(notes: Notes, given: Condition, asking: Asking, trusting: readonly string[]) {
    this.#notes = notes;
    this.#given = given;
    this.#asking = asking;
    this.#blind = asking.asksPeer === undefined ? [] : trusting;
  }

  /** Undefined, and told: it is left out. */
  conditionOf(path: string, asked: Asked): Condition | undefined {
    const condition = asked.closes ? this.#closing(path, asked) : this.#serving(path, asked);
    if (condition === undefined) return undefined;
    const blind = this.#blind.filter((name) => asksClient(simplify(condition, listenerIs(name))));
    return blind.length === 0 ? condition : this.#withoutClients(path, asked, condition, blind);
  }

  #serving(path: string, asked: Asked): Condition | undefined {
    return this.#notes.attempt(path, leftOut(asked), () => simplify(asked.read(readCondition), this.#given));
  }

  #closing(path: string, { what, read }: Asked): Condition {
    const reason = reasonAgainst(() => this.#check(read(readCondition)));
    if (reason === null) {
      const exact = simplify(read(readCondition), this.#given);
      return this.#withSeveral(path, what, exact);
    }
    const wide = simplify(read(readWidened), this.#given);
    const found = simplify(writableOf(wide, (condition) => reasonAgainst(() => this.#check(condition)) === null));
    this.#notes.refuse(path, closesMore(what, found), reason);
    return this.#withSeveral(path, what, found);
  }

  #withSeveral(path: string, what: string, exact: Condition): Condition {
    const { several = {} } = this.#asking;
    for (const { kind, name } of openedBySecond(exact, several)) {
      const asked = `${kind === 'parameter' ? 'query' : kind}[${name}]`;
      this.#notes.refuse(
        path,
        `${what} (a second ${asked} opens it)`,
        'there, the first of several is not asked alone',
      );
    }
    return several.header === 'joined' ? orFirstLine(exact) : exact;
  }

  /** At these listeners nobody knows the client: what serves is left out there, what closes asks for the rest. */
  #withoutClients(path: string, asked: Asked, condition: Condition, names: readonly string[]): Condition {
    const here: Condition = { kind: 'any', of: names.map(listenerIs) };
    const rest = asked.closes ? writableOf(condition, (each) => !asksClient(each)) : NEVER;
    const what = asked.closes ? closesMore(asked.what, rest) : leftOut(asked);
    this.#notes.refuse(path, what, `${this.#asking.asksPeer} takes the address of a trusted proxy for the client's`);
    const elsewhere: Condition = { kind: 'all', of: [{ kind: 'not', of: here }, condition] };
    return simplify({ kind: 'any', of: [elsewhere, { kind: 'all', of: [here, rest] }] }, this.#given);
  }

  #check(condition: Condition): void {
    this.#asking.write(simplify(undecided(condition) ?? ALWAYS, this.#given));
  }
}

function leftOut({ what, otherwise }: Asked): string {
  return otherwise === undefined ? what : `${what} (${otherwise})`;
}

function closesMore(what: string, found: Condition): string {
  return isAlways(found) ? `${what} (it closes everything that comes to it)` : `${what} (it closes more than it did)`;
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

function asksClient(condition: Condition): boolean {
  return [...testsOf(condition)].some((test) => test.kind !== 'status' && test.subject.kind === 'clientIp');
}

/** Sends whoever comes to one place, for now: as to a login. */
export function isGate({ status, location }: { status: number; location: string }): boolean {
  return [302, 303, 307].includes(status) && constantOf(location.split('?')[0] ?? '') !== null;
}

/** Whether it keeps an exchange from its backend for good. */
export function isClosing(action: RequestActionConfig): boolean {
  if (!('respond' in action)) return 'abort' in action;
  const { status, headers } = action.respond;
  const location = Object.entries(headers).find(([name]) => name.toLowerCase() === 'location')?.[1];
  return status >= 400 || (location !== undefined && isGate({ status, location }));
}
