/** Whole configs by chance, and requests to them: a few routes, rules on whatever comes, and pools with settings of their own. */
import { type Config, configSchema } from '../../proxy-engine/contract/config.ts';
import type { Random } from '../support/request-fuzz.ts';
import type { Ports } from './compared.ts';
import {
  ASKED,
  ASKED_LATE,
  BODIES,
  FORWARDED,
  HOSTS,
  KINDS,
  LINE,
  MADE,
  PATHS,
  PLACES,
  QUERIES,
  REQUEST,
  RESPONSE,
  SENT,
  STATUSES,
  VALUES,
} from './drawn-parts.ts';
import type { Sent } from './wire.ts';

export interface DrawnConfig {
  routes: object[];
  rules: object[];
  /** Beside the backends of `api` and of `next`. */
  settings: readonly [object, object];
  requests: Sent[];
}

const REQUESTS = 14;

/** Chance with what it is asked for. */
class Dice {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  falls(share: number): boolean {
    return this.#random() < share;
  }

  one<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T;
  }

  /** As many as one of `counts`. */
  some<T>(counts: readonly number[], make: (i: number) => T): T[] {
    return Array.from({ length: this.one(counts) }, (_, i) => make(i));
  }

  /** `part` in that share of cases, else nothing. */
  maybe(share: number, part: () => object): object {
    return this.falls(share) ? part() : {};
  }
}

export function drawnConfig(random: Random): DrawnConfig {
  const dice = new Dice(random);
  const routes = dice.some([0, 1, 2], (i) => ({ name: `r${i}`, match: dice.one(ASKED), ...destination(dice) }));
  const last = {
    name: 'last',
    ...dice.maybe(0.2, () => ({ match: dice.one(ASKED) })),
    pool: dice.one(['api', 'next']),
  };
  return {
    routes: [...routes, last],
    rules: dice.some([0, 1, 2, 3], (i) => rule(dice, i)),
    settings: [poolSettings(dice), poolSettings(dice)],
    requests: dice.some([REQUESTS], () => request(dice)),
  };
}

function destination(dice: Dice): object {
  return dice.one([
    () => ({ pool: 'api' }),
    () => ({ pool: 'next' }),
    () => ({ respond: answer(dice) }),
    () => ({ redirect: { status: dice.one([301, 302, 307, 308]), location: dice.one(PLACES) } }),
    () => ({
      split: [
        { pool: 'api', weight: 0 },
        { pool: 'next', weight: 5 },
      ],
    }),
  ])();
}

function answer(dice: Dice): object {
  return {
    status: dice.one(STATUSES),
    headers: dice.one(MADE),
    ...dice.maybe(0.7, () => ({ body: dice.one(BODIES) })),
  };
}

function rule(dice: Dice, i: number): object {
  const isLate = dice.falls(0.3);
  const match = dice.maybe(0.8, () => ({ match: dice.one(isLate ? ASKED_LATE : ASKED) }));
  const request = isLate ? [] : dice.some([0, 1, 1, 2], () => requestAction(dice));
  const response = dice.some(isLate || request.length === 0 ? [1, 2] : [0, 1, 2], () => responseAction(dice));
  return { name: `u${i}`, ...match, request, response };
}

function requestAction(dice: Dice): object {
  const kind = dice.one(['header', 'line', 'respond']);
  if (kind === 'respond') return { respond: answer(dice) };
  return kind === 'line' ? dice.one(LINE) : headerAction(dice, REQUEST);
}

function responseAction(dice: Dice): object {
  return dice.falls(0.15) ? { status: dice.one([200, 201, 404, 500]) } : headerAction(dice, RESPONSE);
}

function headerAction(dice: Dice, of: typeof REQUEST | typeof RESPONSE): object {
  return dice.one([
    () => ({ set: { [dice.one<string>(of.set)]: dice.one(VALUES) } }),
    () => ({ append: { [dice.one<string>(of.append)]: dice.one(VALUES) } }),
    () => ({ delete: [dice.one<string>(of.delete)] }),
    () => ({
      replaceHeader: {
        name: dice.one<string>(of.replaced),
        replace: dice.one<string>(of.patterns),
        with: dice.one<string>(of.texts),
      },
    }),
  ])();
}

function poolSettings(dice: Dice): object {
  return {
    ...dice.maybe(0.2, () => ({ preserveHost: false })),
    ...dice.maybe(0.4, () => ({ forwarded: dice.one(FORWARDED) })),
    ...dice.maybe(0.2, () => ({ retry: { attempts: 1 } })),
    ...dice.maybe(0.1, () => ({ protocol: 'http1' })),
  };
}

function request(dice: Dice): Sent {
  const host = dice.one(HOSTS);
  const { headers, ...kind } = dice.one(KINDS);
  const path = dice.one(PATHS) + dice.one(QUERIES);
  const lines = SENT.filter(([share]) => dice.falls(share)).map(
    ([, name, values]) => [name, dice.one(values)] as const,
  );
  return {
    method: 'GET',
    path: dice.falls(0.04) ? `http://${host}${path}` : path,
    ...kind,
    headers: { host, ...Object.fromEntries(lines), ...headers },
  };
}

export function configOfDrawn({ routes, rules, settings }: DrawnConfig, { gateway, a, next }: Ports): Config {
  const pool = (name: string, port: number, own: object) => ({
    backends: [{ name, url: `http://127.0.0.1:${port}` }],
    ejection: false,
    ...own,
  });
  return configSchema.parse({
    version: 1,
    listeners: { gateway: { address: gateway } },
    routes,
    pools: { api: pool('a', a, settings[0]), next: pool('next', next, settings[1]) },
    rules,
  });
}
