/**
 * Conditions by actions by their order: what an exported file does otherwise than Switchyard is in its report.
 * Whole configs by chance beside them. `npm run fuzz` draws ten times as many of both.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../proxy-engine/contract/config.ts';
import type { ExportDoubt } from '../../proxy-engine/contract/transfer.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { seededRandom } from '../support/request-fuzz.ts';
import { Comparison, inWords, type Sides } from './compared.ts';
import { configOf, crossedCases, type Draw, edgeCases } from './crossing.ts';
import type { Case } from './crossing-parts.ts';
import { configOfDrawn, type DrawnConfig, drawnConfig } from './drawn-configs.ts';
import { explanationOf } from './explained.ts';
import type { PeerName } from './peers.ts';
import type { Sent } from './wire.ts';

const PASSES = Math.ceil(Number(process.env['FUZZ_CASES'] ?? 1) / 10_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261129);
/** In one config. */
const BATCH = 64;
/** Configs of a pass that are drawn as a whole. */
const WHOLE = 32;

let comparison: Comparison;
beforeAll(async () => {
  comparison = await Comparison.start();
});
afterAll(() => comparison.close());

/** What the report says of rules and routes that `concerns` knows, and what it says of all. */
function doubtsOf(doubts: readonly ExportDoubt[], concerns: (kind: string, index: number) => boolean): ExportDoubt[] {
  return doubts.filter((doubt) => {
    const [, kind, index] = /^(rules|routes)\[(\d+)\]/.exec(doubt.path) ?? [];
    return kind === undefined ? explanationOf(doubt) !== undefined : concerns(kind, Number(index));
  });
}

function doubtsOfCase(name: string, { routes, rules }: Config, doubts: readonly ExportDoubt[]): ExportDoubt[] {
  return doubtsOf(doubts, (kind, index) => {
    const named = kind === 'rules' ? rules[index]?.name.split(' ')[0] : routes[index]?.name;
    return named === name;
  });
}

interface Tally {
  silent: string[];
  /** Cases that the report does not give up as a whole. */
  compared: number;
}

async function compare(peer: PeerName, cases: readonly Case[], tally: Tally): Promise<void> {
  const sides = await comparison.run(peer, (ports) => configOf(cases, ports));
  try {
    for (const silent of await Promise.all(cases.map((each) => askBoth(each, sides)))) {
      if (silent === null) continue;
      tally.compared++;
      tally.silent.push(...silent);
    }
  } finally {
    await sides.stop();
  }
}

/** Differences that no doubt explains; null: the report gives the case up. */
async function askBoth({ name, rules, route, requests }: Case, sides: Sides): Promise<string[] | null> {
  const known = doubtsOfCase(name, sides.config, sides.doubts).map(explanationOf);
  if (!isKnown(known)) return null;
  const marked = requests.map((sent) => ({ ...sent, headers: { ...sent.headers, 'x-case': name } }));
  return silentOf(marked, known, sides, { rules, route });
}

type Explains = NonNullable<ReturnType<typeof explanationOf>>;

function isKnown(explanations: readonly (Explains | undefined)[]): explanations is readonly Explains[] {
  return !explanations.includes(undefined);
}

/** What differs and none of `known` explains, with what is needed to see it again. */
async function silentOf(
  requests: readonly Sent[],
  known: readonly Explains[],
  { compare }: Sides,
  asked: object,
): Promise<string[]> {
  const silent: string[] = [];
  for (const sent of requests) {
    const unexplained = (await compare(sent)).filter((each) => !known.some((explains) => explains(each)));
    if (unexplained.length > 0) silent.push(JSON.stringify({ ...asked, sent, unexplained: unexplained.map(inWords) }));
  }
  return silent;
}

/** A config of its own; what is given up need not run. */
async function compareDrawn(peer: PeerName, drawn: DrawnConfig, tally: Tally): Promise<void> {
  const { approximated, unmapped } = exportConfig(
    configOfDrawn(drawn, { gateway: '127.0.0.1:1', a: 1, next: 2 }),
    peer,
  );
  const known = doubtsOf([...approximated, ...unmapped], () => true).map(explanationOf);
  if (!isKnown(known)) return;
  const { requests, ...asked } = drawn;
  const sides = await comparison.run(peer, (ports) => configOfDrawn(drawn, ports));
  try {
    tally.silent.push(...(await silentOf(requests, known, sides, asked)));
    tally.compared++;
  } finally {
    await sides.stop();
  }
}

/** Shares of crossed cases and of drawn configs that a report lets stand; Caddy 2.6 has no words for methods, queries and statuses. */
describe.each([
  ['nginx', 0.8, 0.25],
  ['haproxy', 0.95, 0.5],
  ['caddy', 0.45, 0.25],
] as const)('%s with the exported file', (peer, share, wholeShare) => {
  it(
    'does nothing otherwise that its report does not tell',
    async () => {
      const tally: Tally = { silent: [], compared: 0 };
      let count = 0;
      for (let pass = 0; pass < PASSES; pass++) {
        const random = seededRandom(SEED + pass);
        const draw: Draw = (from) => from[Math.floor(random() * from.length)]!;
        const cases = [...crossedCases(draw), ...edgeCases(draw)];
        count += cases.length;
        for (let at = 0; at < cases.length; at += BATCH) await compare(peer, cases.slice(at, at + BATCH), tally);
      }
      expect(tally.silent).toEqual([]);
      expect(tally.compared / count).toBeGreaterThan(share);
    },
    120_000 * PASSES,
  );

  it(
    'nor with whole configs',
    async () => {
      const tally: Tally = { silent: [], compared: 0 };
      const random = seededRandom(SEED);
      for (let drawn = 0; drawn < WHOLE * PASSES; drawn++) await compareDrawn(peer, drawnConfig(random), tally);
      expect(tally.silent).toEqual([]);
      expect(tally.compared / (WHOLE * PASSES)).toBeGreaterThan(wholeShare);
    },
    120_000 * PASSES,
  );
});
