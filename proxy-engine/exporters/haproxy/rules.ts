/** Rules as `http-request` and `http-response` lines, which HAProxy too applies in order, each seeing what earlier ones did. */
import type { RequestActionConfig, ResponseActionConfig } from '../../contract/config.ts';
import type { Condition } from '../condition.ts';
import { Inexpressible } from '../notes.ts';
import { groupCount, isAnchored, patternText } from '../pattern.ts';
import { type Plan, type PlannedRule, poolNamed } from '../plan.ts';
import { isAlways } from '../simplify.ts';
import { readKey, readValue, type ValuePart } from '../value.ts';
import { answerLine } from './answers.ts';
import {
  argument,
  check,
  fetchOf,
  format,
  ifHolds,
  isOneAlternative,
  keyFetch,
  linesFor,
  section,
  word,
} from './text.ts';

/** Acts on answers that HAProxy makes itself too, as response rules do. */
const AFTER = 'http-after-response';

export interface RuleLines {
  /** Of the frontend, in order. */
  request: string[];
  response: string[];
  /** What responses ask of requests, kept when rules have acted on them. */
  kept: Set<string>;
  /** Sections that hold the tables of limits. */
  tables: string[];
}

export function ruleLines(plan: Plan): RuleLines {
  const lines: RuleLines = { request: [], response: [], kept: new Set(), tables: [] };
  for (const rule of plan.rules) {
    const holds = plan.notes.attempt(`${rule.path}.match`, `rule ${rule.name}`, () => {
      check(rule.condition);
      return { condition: rule.condition };
    });
    if (holds) addRule(plan, rule, lines);
  }
  return lines;
}

/** A rule with several lines or alternatives is decided once, on the request where that can be. */
function addRule(plan: Plan, rule: PlannedRule, lines: RuleLines): void {
  const { request, response, limit } = rule.config;
  const { condition, onResponse: waits } = rule;
  const decidesOnce =
    !isAlways(condition) && (!isOneAlternative(condition) || (!waits && response.length + request.length > 1));
  const held = `{ var(txn.${rule.id}) -m bool }`;
  const onRequest = decidesOnce ? held : condition;
  const onResponse = !waits && !isAlways(condition) ? held : onRequest;
  lines.request.push(`# rule ${rule.name}`);
  const decided = `set-var(txn.${rule.id}) bool(true)`;
  if (decidesOnce && waits) lines.response.push(...linesFor(`${AFTER} ${decided}`, condition));
  else if (decidesOnce || (onResponse === held && response.length > 0))
    lines.request.push(...linesFor(`http-request ${decided}`, condition));
  if (limit) noted(plan, rule, 'limit', 'limit', () => addLimit(plan, rule, limit, onRequest, lines));
  request.forEach((action, i) =>
    noted(plan, rule, `request[${i}]`, Object.keys(action).join(), () => {
      lines.request.push(...requestLines(plan, action, onRequest, `${rule.path}.request[${i}]`));
    }),
  );
  response.forEach((action, i) =>
    noted(plan, rule, `response[${i}]`, Object.keys(action).join(), () => {
      lines.response.push(...responseLines(action, onResponse, lines));
    }),
  );
}

function noted(plan: Plan, rule: PlannedRule, at: string, action: string, emit: () => void): void {
  const path = `${rule.path}.${at}`;
  const what = `${action} of rule ${rule.name}`;
  const done = plan.notes.attempt(path, what, () => {
    emit();
    return true;
  });
  if (done) plan.notes.map(path, what);
}

/** The end of a line: under which condition. */
function when(holds: Condition | string, ...extra: string[]): string {
  return typeof holds === 'string' ? ` if ${[...extra, holds].join(' ')}` : ifHolds(holds, extra);
}

function requestLines(plan: Plan, action: RequestActionConfig, holds: Condition | string, path: string): string[] {
  if ('method' in action) return [`http-request set-method ${action.method}${when(holds)}`];
  if ('host' in action) return [`http-request set-header host ${format(readValue(action.host))}${when(holds)}`];
  if ('path' in action) return [pathLine(action.path, holds)];
  if ('query' in action) return queryLines(plan, action.query, holds, path);
  if ('pool' in action) return [`http-request set-var(txn.pool) str(${poolNamed(plan, action.pool).id})${when(holds)}`];
  if ('backend' in action) throw new Inexpressible('use `use-server` in the backend');
  if ('respond' in action) return [`http-request ${answerLine(action.respond)}${when(holds)}`];
  if ('abort' in action) return [abortLine(action.abort, holds, plan, path)];
  const lines = headerLines('http-request', action, holds);
  if (lines) return lines;
  throw new Inexpressible('HAProxy has no counterpart');
}

function responseLines(action: ResponseActionConfig, holds: Condition | string, lines: RuleLines): string[] {
  if ('status' in action) return [`${AFTER} set-status ${action.status}${when(holds)}`];
  const written = headerLines(AFTER, action, holds, (text) => readValue(text).map((part) => keptPart(part, lines)));
  if (written) return written;
  throw new Inexpressible('HAProxy has no counterpart');
}

/** The request is gone when there is a response: what is asked of it is put into a variable. */
function keptPart(part: ValuePart, lines: RuleLines): ValuePart {
  if (typeof part === 'string' || 'group' in part || !OF_REQUEST.has(part.variable)) return part;
  const name = `txn.kept_${part.variable}${part.name === undefined ? '' : `_${part.name.replaceAll(/\W/g, '_')}`}`;
  const line = `http-request set-var(${name}) ${fetchOf(part)}`;
  // Here for answers that rules give after this one, and at the end for what rules change.
  lines.request.push(line);
  lines.kept.add(line);
  return { variable: 'kept', name };
}

const OF_REQUEST: ReadonlySet<string> = new Set(['method', 'host', 'path', 'query', 'header', 'cookie', 'request_id']);

function headerLines(
  phase: 'http-request' | typeof AFTER,
  action: RequestActionConfig | ResponseActionConfig,
  holds: Condition | string,
  read: (text: string) => ValuePart[] = readValue,
): string[] | null {
  const end = when(holds);
  const valueLines = (verb: string, headers: Record<string, string>) =>
    Object.entries(headers).map(([name, text]) => `${phase} ${verb} ${word(name)} ${format(read(text))}${end}`);
  if ('set' in action) return valueLines('set-header', action.set);
  if ('append' in action) return valueLines('add-header', action.append);
  if ('delete' in action) return action.delete.map((name) => `${phase} del-header ${nameMatch(name)}${end}`);
  if (!('replaceHeader' in action)) return null;
  const { name, replace, with: text } = action.replaceHeader;
  const sample = `${phase === 'http-request' ? 'req' : 'res'}.fhdr(${argument(name)})`;
  return [
    `${phase} set-header ${name} ${substitute(sample, replace, readValue(text))}${when(holds, `{ ${sample} -m found }`)}`,
  ];
}

function nameMatch(name: string): string {
  if (!name.includes('*')) return word(name);
  if (/^[^*]+\*$/.test(name)) return `${word(name.slice(0, -1))} -m beg`;
  const pattern = name
    .split('*')
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
    .join('.*');
  return `${word(`^${pattern}$`)} -m reg`;
}

/** Every match replaced, as one format string. */
function substitute(sample: string, pattern: string, parts: readonly ValuePart[]): string {
  if (/['"]/.test(pattern)) throw new Inexpressible('a quote in the pattern has no spelling here');
  const replacement = parts.map((part) => {
    if (typeof part !== 'string' && 'group' in part) return `\\${part.group}`;
    if (typeof part !== 'string' || /['"\\]/.test(part))
      throw new Inexpressible('HAProxy puts texts and groups into a replacement, no variables');
    return part;
  });
  return word(`%[${sample},regsub('${patternText(pattern)}','${replacement.join('')}',g)]`);
}

function pathLine(action: { set: string } | { replace: string; with: string }, holds: Condition | string): string {
  if ('set' in action) return `http-request set-path ${format(readValue(action.set))}${when(holds)}`;
  const parts = readValue(action.with);
  if (!isAnchored(action.replace))
    return `http-request set-path ${substitute('path', action.replace, parts)}${when(holds)}`;
  const rest = groupCount(action.replace) + 1;
  const target = [...parts, { group: rest }];
  const pattern = `${patternText(action.replace).replace(/\$$/, '')}${action.replace.endsWith('$') ? '()$' : '(.*)$'}`;
  return `http-request replace-path ${word(pattern)} ${format(target, (n) => `\\${n}`)}${when(holds)}`;
}

function queryLines(
  plan: Plan,
  { set, delete: gone }: { set: Record<string, string>; delete: string[] },
  holds: Condition | string,
  path: string,
): string[] {
  plan.notes.approximate(path, 'query', 'set parameters move to the end');
  const removals = [...gone, ...Object.keys(set)].map((name) => {
    const escaped = encodeURIComponent(name)
      .replaceAll("'", '%27')
      .replace(/[.*()!]/g, '\\$&');
    return `http-request set-query ${word(`%[query,regsub('(^|&)${escaped}(=[^&]*)?(?=&|$)','',g),regsub('^&','')]`)}${when(holds, '{ query -m found }')}`;
  });
  const additions = Object.entries(set).flatMap(([name, text]) => {
    const value = format(
      readValue(text).map((part) => (typeof part === 'string' ? encodeURIComponent(part) : part)),
    ).replace(/^"|"$/g, '');
    const pair = `${encodeURIComponent(name).replaceAll('%', '%%')}=${value}`;
    return [
      `http-request set-query ${word(`%[query]&${pair}`)}${when(holds, '{ query -m len gt 0 }')}`,
      `http-request set-query ${word(pair)}${when(holds, '!{ query -m len gt 0 }')}`,
    ];
  });
  return [...removals, ...additions];
}

function abortLine(abort: 'reset' | 'close' | 'hang', holds: Condition | string, plan: Plan, path: string): string {
  if (abort === 'close') return `http-request reject${when(holds)}`;
  if (abort === 'reset') {
    plan.notes.approximate(path, 'abort: reset', 'HAProxy closes without a reset');
    return `http-request reject${when(holds)}`;
  }
  plan.notes.approximate(path, 'abort: hang', 'silent-drop: the connection is forgotten at once');
  return `http-request silent-drop${when(holds)}`;
}

/** HAProxy 2.6 tracks three things a request. */
const COUNTERS = 3;

function addLimit(
  plan: Plan,
  rule: PlannedRule,
  limit: NonNullable<PlannedRule['config']['limit']>,
  holds: Condition | string,
  lines: RuleLines,
): void {
  const counter = lines.tables.filter((line) => line.startsWith('backend limit_')).length;
  if (counter >= COUNTERS) throw new Inexpressible('HAProxy tracks three limits at most');
  const key = keyFetch(readKey(limit.key));
  const perSecond = Number.isInteger(limit.requests);
  const allowed = (perSecond ? limit.requests : Math.round(limit.requests * 60)) + limit.burst;
  const period = perSecond ? '1s' : '60s';
  const table = `limit_${rule.id}`;
  lines.tables.push(
    ...section(`backend ${table}`, [
      `stick-table type ${key === 'src' ? 'ipv6' : 'string len 128'} size 100k expire ${perSecond ? '10s' : '120s'} store http_req_rate(${period})`,
    ]),
  );
  lines.request.push(`http-request track-sc${counter} ${key} table ${table}${when(holds)}`);
  const deny = `http-request return status ${limit.status} content-type text/plain string "Too many requests"`;
  lines.request.push(`${deny}${when(holds, `{ sc_http_req_rate(${counter}) gt ${allowed} }`)}`);
  plan.notes.approximate(
    `${rule.path}.limit`,
    `limit of rule ${rule.name}`,
    `counted over a sliding ${period}, the burst at once instead of spread`,
  );
}
