/** Rate limits as tables of a section of their own. */
import type { Condition } from '../condition.ts';
import { Inexpressible } from '../notes.ts';
import type { Plan, PlannedRule } from '../plan.ts';
import { mayBeEmpty, readKey } from '../value.ts';
import { answersLine, finalLine } from './answers.ts';
import { keyFetch, section, when, word } from './text.ts';

/** HAProxy 2.6 tracks three things a request. */
const COUNTERS = 3;

export function limitLines(
  plan: Plan,
  rule: PlannedRule,
  limit: NonNullable<PlannedRule['config']['limit']>,
  holds: Condition | string,
  { tables, answers }: { tables: string[]; answers: string[] },
): string[] {
  const counter = tables.filter((line) => line.startsWith('backend limit-')).length;
  if (counter >= COUNTERS) throw new Inexpressible('HAProxy tracks three limits at most');
  const parts = readKey(limit.key);
  const fetch = keyFetch(parts);
  const isAddress = fetch === 'src';
  // A table would cut a text: those of two clients may begin alike.
  const key = isAddress ? fetch : `${fetch},sha2(256)`;
  // HAProxy counts nothing by a key that is not there, but by one that is there and empty.
  const counted = mayBeEmpty(parts) ? [`{ ${word(`${fetch},length`)} gt 0 }`] : [];
  const perSecond = Number.isInteger(limit.requests);
  const allowed = (perSecond ? limit.requests : Math.round(limit.requests * 60)) + limit.burst;
  const period = perSecond ? '1s' : '60s';
  // No id of a pool has a hyphen.
  const table = `limit-${rule.id}`;
  tables.push(
    ...section(`backend ${table}`, [
      `stick-table type ${isAddress ? 'ipv6' : 'binary len 32'} size 100k expire ${perSecond ? '10s' : '120s'} store http_req_rate(${period})`,
    ]),
  );
  answers.push(finalLine(table, `return status ${limit.status} content-type text/plain string "Too many requests"`));
  plan.notes.approximate(
    `${rule.path}.limit`,
    `limit of rule ${rule.name}`,
    `counted over a sliding ${period}, the burst at once instead of spread`,
  );
  plan.notes.approximate(`${rule.path}.limit`, 'the answer at the limit', 'without retry-after, with another text');
  return [
    `http-request track-sc${counter} ${word(key)} table ${table}${when(holds, counted)}`,
    answersLine(table, when(holds, [`{ sc_http_req_rate(${counter}) gt ${allowed} }`])),
  ];
}
