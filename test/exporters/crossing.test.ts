/**
 * Conditions by actions by their order: what an exported file does otherwise than Switchyard is in its report.
 * `npm run fuzz` draws ten times as many cases.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../proxy-engine/contract/config.ts';
import type { ExportDoubt } from '../../proxy-engine/contract/transfer.ts';
import { seededRandom } from '../support/request-fuzz.ts';
import { Comparison, inWords, type Sides } from './compared.ts';
import { configOf, crossedCases, type Draw, edgeCases } from './crossing.ts';
import type { Case } from './crossing-parts.ts';
import { explanationOf } from './explained.ts';
import type { PeerName } from './peers.ts';

const PASSES = Math.ceil(Number(process.env['FUZZ_CASES'] ?? 1) / 10_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261129);
/** In one config. */
const BATCH = 64;

let comparison: Comparison;
beforeAll(async () => {
  comparison = await Comparison.start();
});
afterAll(() => comparison.close());

/** What the report says that may concern the case: of its rules, of its route, or of all. */
function doubtsOf(name: string, { routes, rules }: Config, doubts: readonly ExportDoubt[]): ExportDoubt[] {
  return doubts.filter((doubt) => {
    const [, kind, index] = /^(rules|routes)\[(\d+)\]/.exec(doubt.path) ?? [];
    if (kind === undefined) return explanationOf(doubt) !== undefined;
    const named = kind === 'rules' ? rules[Number(index)]?.name.split(' ')[0] : routes[Number(index)]?.name;
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
  const known = doubtsOf(name, sides.config, sides.doubts).map(explanationOf);
  if (known.includes(undefined)) return null;
  const silent: string[] = [];
  for (const sent of requests) {
    const found = await sides.compare({ ...sent, headers: { ...sent.headers, 'x-case': name } });
    const unexplained = found.filter((each) => !known.some((one) => one?.explains(each)));
    if (unexplained.length > 0)
      silent.push(JSON.stringify({ rules, route, sent, unexplained: unexplained.map(inWords) }));
  }
  return silent;
}

/** Shares of the cases that a report lets stand; Caddy 2.6 has no words for methods, queries and statuses. */
describe.each([
  ['nginx', 0.8],
  ['haproxy', 0.95],
  ['caddy', 0.45],
] as const)('%s with the exported file', (peer, share) => {
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
});
