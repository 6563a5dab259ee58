/** Routes as variables: `txn.route` and `txn.pool` are set by the first that holds, before any rule changes the request. */
import { attemptAnswer } from '../answer-type.ts';
import { Inexpressible, noteDrawn } from '../notes.ts';
import { findPathPattern } from '../path-pattern.ts';
import { isAnchored } from '../pattern.ts';
import { type Plan, type PlannedRoute, poolNamed } from '../plan.ts';
import { isNever } from '../simplify.ts';
import { mayBeEmpty, readKey, readValue } from '../value.ts';
import { noteVariables } from '../variables.ts';
import { answerLine, NO_EMPTY_LINES, noteAnswer } from './answers.ts';
import { format, groupReference, keyFetch, linesFor, patternArgument, VARIABLES, word } from './text.ts';

/** The first route that holds: each sets what is not set yet. */
export function routeLines(plan: Plan, route: PlannedRoute): string[] {
  if (isNever(route.condition)) return [];
  const { pool, split, mirror } = route.config;
  const open = '!{ var(txn.route) -m found }';
  const lines = linesFor(`http-request set-var(txn.route) str(${strArgument(route.name)})`, route.condition, [open]);
  if (mirror) plan.notes.refuse(`${route.path}.mirror`, `mirror to ${mirror.pool}`, 'HAProxy does not mirror');
  const won = wins(route);
  if (pool !== undefined)
    return [...lines, `http-request set-var(txn.pool) str(${poolNamed(plan, pool).id}) if ${won}`];
  return split ? [...lines, ...splitLines(plan, route, split, won)] : lines;
}

function wins({ name }: PlannedRoute): string {
  return `{ var(txn.route) -m str -- ${word(name)} }`;
}

/** Names have no quotes, but may have spaces. */
function strArgument(name: string): string {
  return /^[\w.:-]+$/.test(name) ? name : `'${name}'`;
}

type Split = NonNullable<PlannedRoute['config']['split']>;

/** Cumulative weights against one draw; the last that is set wins, so the largest bound comes first. */
function splitLines(plan: Plan, { config, id, path }: PlannedRoute, split: Split, won: string): string[] {
  const total = split.reduce((sum, { weight }) => sum + weight, 0);
  const sticky = plan.notes.attempt(`${path}.stickyBy`, 'sticky split (a draw for each request instead)', () =>
    stickyDraw(plan, path, config.stickyBy, total),
  );
  let below = total;
  const lines = split
    .filter(({ weight }) => weight > 0)
    .map(({ pool, weight }) => {
      const within = below === total ? '' : ` { var(txn.draw_${id}) -m int lt ${below} }`;
      below -= weight;
      return `http-request set-var(txn.pool) str(${poolNamed(plan, pool).id}) if ${won}${within}`;
    });
  if (sticky === undefined) noteDrawn(plan.notes, path, split);
  plan.notes.map(`${path}.split`, `shares of ${split.map(({ pool, weight }) => `${pool} ${weight}`).join(', ')}`);
  const draw = `http-request set-var(txn.draw_${id})`;
  const byChance = `${draw} rand(${total}) if ${won}`;
  return [
    ...(sticky?.isSure ? [] : [byChance]),
    ...(sticky ? [`${draw} ${sticky.draw} if ${won}${sticky.there}`] : []),
    ...lines,
  ];
}

/** `there`: where it has a key; others have their turn by chance. */
function stickyDraw({ notes }: Plan, path: string, stickyBy: string | undefined, total: number) {
  if (stickyBy === undefined) return undefined;
  const parts = readKey(stickyBy);
  const key = keyFetch(parts);
  notes.approximate(`${path}.stickyBy`, `split by ${stickyBy}`, 'another hash: clients are spread anew once');
  const isSure = !mayBeEmpty(parts);
  return { draw: word(`${key},xxh32,mod(${total})`), isSure, there: isSure ? '' : ` { ${word(key)} -m len 1: }` };
}

/** After the rules, which also see requests that are answered here. */
export function answerLines(plan: Plan, route: PlannedRoute): string[] {
  const { respond, redirect } = route.config;
  if (!respond && !redirect) return [];
  if (respond) noteAnswer(plan.notes, `${route.path}.respond`, respond);
  noteVariables(plan.notes, route.path, respond ?? redirect, VARIABLES);
  if (redirect && mayBeEmpty(readValue(redirect.location)))
    plan.notes.approximate(`${route.path}.redirect`, 'an empty value', NO_EMPTY_LINES);
  const path = `${route.path}.${respond ? 'respond' : 'redirect'}`;
  const what = `answer of route ${route.name}`;
  const line = respond
    ? attemptAnswer(plan.notes, path, what, respond, answerLine)
    : plan.notes.attempt(path, what, () => redirectLine(route));
  // A pool that a rule has chosen takes the place of the answer.
  return [`http-request ${line ?? 'deny'} if ${wins(route)} !{ var(txn.pool) -m found }`];
}

function redirectLine({ condition, config }: PlannedRoute): string {
  const { status = 302, location = '/' } = config.redirect ?? {};
  const test = findPathPattern(condition);
  const value = format(readValue(location), (n) => {
    if (!test) throw new Inexpressible('$1 needs a `path ~` that always has to hold');
    const pattern = isAnchored(test.value) ? test.value : `^.*?(?:${test.value})`;
    const flags = test.ignoreCase ? ',i' : '';
    return `%[path,regsub(${patternArgument(`${pattern}.*`)},'${groupReference(n)}'${flags})]`;
  });
  // `redirect` would add `cache-control: no-cache`.
  return `return status ${status} hdr location ${value}`;
}
