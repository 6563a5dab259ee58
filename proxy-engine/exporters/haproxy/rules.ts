/** Rules as `http-request` and `http-response` lines, which HAProxy too applies in order, each seeing what earlier ones did. */
import type { RequestActionConfig, ResponseActionConfig } from '../../contract/config.ts';
import { partsOf } from '../action-parts.ts';
import { attemptAnswer } from '../answer-type.ts';
import type { Condition } from '../condition.ts';
import { matchesNothing } from '../empty-matches.ts';
import { Inexpressible } from '../notes.ts';
import { groupCount, isAnchored } from '../pattern.ts';
import { type Plan, type PlannedRule, poolNamed } from '../plan.ts';
import { noteEmptyHost, writesHost } from '../rule-order.ts';
import { isAlways } from '../simplify.ts';
import { readValue, type ValuePart } from '../value.ts';
import { noteVariables } from '../variables.ts';
import { ANSWERED, answerLine, answersLine, finalLine, noteAnswer } from './answers.ts';
import { askedAnew } from './asked.ts';
import { Kept } from './kept.ts';
import { limitLines } from './limits.ts';
import { pathLine, queryLines, substitute, wholeLine } from './request-line.ts';
import {
  argument,
  check,
  fetchOf,
  format,
  isOneAlternative,
  LAST_GROUP,
  linesFor,
  type Sampler,
  sampleOf,
  VARIABLES,
  when,
  word,
} from './text.ts';

/** Acts on answers that HAProxy makes itself too, as response rules do. */
const AFTER = 'http-after-response';

export interface RuleLines {
  /** Of the frontend, in order. */
  request: string[];
  response: string[];
  /** Of requests that a rule answers. */
  answers: string[];
  /** Sections that hold the tables of limits. */
  tables: string[];
}

/** What one rule becomes. */
interface RulePart {
  request: string[];
  response: string[];
}

/** What all rules write to. */
interface Draft {
  plan: Plan;
  kept: Kept;
  answers: string[];
  tables: string[];
}

export function ruleLines(plan: Plan): RuleLines {
  const draft: Draft = { plan, kept: new Kept(), answers: [], tables: [] };
  const parts = plan.rules.flatMap((rule): RulePart[] => {
    const part = plan.notes.attempt(`${rule.path}.match`, `rule ${rule.name}`, () => {
      check(rule.condition);
      return partOf(draft, rule);
    });
    return part ? [part] : [];
  });
  const { kept, answers, tables } = draft;
  const request = [...parts.flatMap((part) => part.request), ...kept.lines()];
  return { request, response: parts.flatMap((part) => part.response), answers, tables };
}

/** Whether it acts by one line, on what its condition asks: a second one could find changed what the first was decided by. */
function isOneLine({ onResponse, config: { request, response, limit } }: PlannedRule): boolean {
  const lines = [...request, ...response].reduce((sum, action) => sum + linesOf(action), limit ? 2 : 0);
  return lines <= 1 && (onResponse || response.length === 0);
}

function linesOf(action: RequestActionConfig | ResponseActionConfig): number {
  if ('set' in action) return Object.keys(action.set).length;
  if ('append' in action) return Object.keys(action.append).length;
  if ('delete' in action) return action.delete.length;
  return 'host' in action || 'query' in action || 'method' in action ? 2 : 1;
}

/** A rule with several lines or alternatives is decided once, on the request where that can be. */
function partOf(draft: Draft, rule: PlannedRule): RulePart {
  const { request, limit } = rule.config;
  const { condition, onResponse: waits } = rule;
  const actsOnRequest = request.length > 0 || limit !== undefined;
  const unless = actsOnRequest && draft.answers.length > 0 ? [`!${ANSWERED}`] : [];
  const variable = `txn.rule_${rule.id}`;
  const isOpen = isAlways(condition) && unless.length === 0;
  const decidesOnce = !isOpen && (unless.length > 0 || !isOneAlternative(condition) || !isOneLine(rule));
  const part: RulePart = { request: [`# rule ${rule.name}`], response: [] };
  const decided = `set-var(${variable}) bool(true)`;
  if (decidesOnce && waits)
    part.response.push(...linesFor(`${AFTER} ${decided}`, condition, [], keptSampler(draft.kept)));
  else if (decidesOnce) part.request.push(...linesFor(`http-request ${decided}`, condition, unless));
  addActions(draft, rule, part, decidesOnce ? `{ var(${variable}) -m bool }` : condition);
  return part;
}

function addActions(draft: Draft, rule: PlannedRule, part: RulePart, holds: Condition | string): void {
  const { plan, kept, answers } = draft;
  const { request, response, limit } = rule.config;
  if (limit)
    noted(plan, rule, 'limit', 'limit', () => part.request.push(...limitLines(plan, rule, limit, holds, draft)));
  // A request above the limit is answered, and no action of the rule acts on it.
  const acts = limit ? [...(typeof holds === 'string' ? [holds] : []), `!${ANSWERED}`].join(' ') : holds;
  for (const { at, what, action } of partsOf('request', request))
    noted(plan, rule, at, what, () => {
      const path = `${rule.path}.${at}`;
      noteVariables(plan.notes, path, action, VARIABLES);
      if ('respond' in action) {
        noteAnswer(plan.notes, path, action.respond);
        const answer = attemptAnswer(plan.notes, path, `answer of rule ${rule.name}`, action.respond, answerLine);
        answers.push(finalLine(rule.id, answer ?? 'deny'));
        part.request.push(answersLine(rule.id, when(acts)));
      } else part.request.push(...requestLines(plan, action, acts, path), ...askedAnew(plan, action));
    });
  for (const { at, what, action } of partsOf('response', response))
    noted(plan, rule, at, what, () => {
      const path = `${rule.path}.${at}`;
      noteVariables(plan.notes, path, action, VARIABLES);
      if ('replaceHeader' in action) noteReplaced(plan, path, action.replaceHeader);
      part.response.push(...responseLines(action, holds, kept));
    });
}

/** In response rules: what is asked of the request is what was kept of it. */
function keptSampler(kept: Kept): Sampler {
  return (subject, holdsForEmpty) => {
    const sample = sampleOf(subject, holdsForEmpty);
    return OF_REQUEST_SUBJECTS.has(subject.kind) ? kept.sample(sample) : sample;
  };
}

const OF_REQUEST_SUBJECTS: ReadonlySet<string> = new Set(['path', 'query', 'header']);

function noted(plan: Plan, rule: PlannedRule, at: string, action: string, emit: () => void): void {
  plan.notes.attemptMapped(`${rule.path}.${at}`, `${action} of rule ${rule.name}`, emit);
}

function requestLines(plan: Plan, action: RequestActionConfig, holds: Condition | string, path: string): string[] {
  noteEmptyHost(plan.notes, path, action);
  if ('method' in action)
    return [
      `http-request set-method ${action.method}${when(holds)}`,
      `http-request set-var(txn.method) str(${action.method})${when(holds)}`,
    ];
  if ('host' in action) return hostLines(plan, action.host, holds);
  if ('path' in action) {
    notePath(plan, action.path, path);
    return [pathLine(action.path, holds)];
  }
  if ('query' in action) return queryLines(plan, action.query, holds, path);
  if ('pool' in action) return [`http-request set-var(txn.pool) str(${poolNamed(plan, action.pool).id})${when(holds)}`];
  if ('abort' in action) return [abortLine(action.abort, holds, plan, path)];
  if ('replaceHeader' in action) noteReplaced(plan, path, action.replaceHeader);
  const lines = headerLines('http-request', action, holds);
  if (lines) return [...lines, ...(writesHost(action) ? hostWritten(plan, holds) : [])];
  throw new Inexpressible('HAProxy has no counterpart');
}

/** `txn.to` is where the request goes, as conditions see it. */
function hostLines(plan: Plan, text: string, holds: Condition | string): string[] {
  const value = format(readValue(text));
  return [
    `http-request set-header host ${value}${when(holds)}`,
    ...hostWritten(plan, holds),
    `http-request set-var-fmt(txn.to) ${value}${when(holds)}`,
  ];
}

/** A pool whose backends are told their own names keeps what a rule has written. */
function hostWritten({ pools }: Plan, holds: Condition | string): string[] {
  if (pools.every(({ config }) => config.preserveHost)) return [];
  return [`http-request set-var(txn.host_written) bool(true)${when(holds)}`];
}

function responseLines(action: ResponseActionConfig, holds: Condition | string, kept: Kept): string[] {
  const sampler = keptSampler(kept);
  if ('status' in action) return [`${AFTER} set-status ${action.status}${when(holds, ['!{ status 101 }'], sampler)}`];
  const read = (text: string) => readValue(text).map((part) => keptPart(part, kept));
  const written = headerLines(AFTER, action, holds, read, sampler);
  if (written) return written;
  throw new Inexpressible('HAProxy has no counterpart');
}

function keptPart(part: ValuePart, kept: Kept): ValuePart {
  if (typeof part === 'string' || 'group' in part || !OF_REQUEST.has(part.variable)) return part;
  return { variable: 'kept', name: kept.sample(fetchOf(part)) };
}

const OF_REQUEST: ReadonlySet<string> = new Set(['path', 'query', 'header', 'cookie', 'request_id']);

function headerLines(
  phase: 'http-request' | typeof AFTER,
  action: RequestActionConfig | ResponseActionConfig,
  holds: Condition | string,
  read: (text: string) => ValuePart[] = readValue,
  sampler: Sampler = sampleOf,
): string[] | null {
  const end = when(holds, [], sampler);
  const valueLines = (verb: string, headers: Record<string, string>) =>
    Object.entries(headers).map(([name, text]) => `${phase} ${verb} ${word(name)} ${format(read(text))}${end}`);
  if ('set' in action) return valueLines('set-header', action.set);
  if ('append' in action) return valueLines('add-header', action.append);
  if ('delete' in action) return action.delete.map((name) => `${phase} del-header ${nameMatch(name)}${end}`);
  if (!('replaceHeader' in action)) return null;
  const { name, replace, with: text } = action.replaceHeader;
  const whole = isPerLine(name) ? wholeLine(replace, read(text)) : null;
  if (whole) return [`${phase} replace-header ${word(name)} ${whole.pattern} ${whole.format}${end}`];
  const sample = `${phase === 'http-request' ? 'req' : 'res'}.fhdr(${argument(name)})`;
  return [
    `${phase} set-header ${name} ${substitute(sample, replace, readValue(text))}${when(holds, [`{ ${sample} -m found }`], sampler)}`,
  ];
}

/** Of cookies, no line may be lost. */
function isPerLine(name: string): boolean {
  return name.toLowerCase() === 'set-cookie';
}

const TWICE = 'HAProxy replaces some empty matches twice';

function notePath({ notes }: Plan, action: { set: string } | { replace: string }, path: string): void {
  if ('replace' in action && matchesNothing(action.replace)) notes.approximate(path, action.replace, TWICE);
}

function noteReplaced({ notes }: Plan, path: string, { name, replace }: { name: string; replace: string }): void {
  if (matchesNothing(replace)) notes.approximate(path, replace, TWICE);
  if (isPerLine(name) && groupCount(replace) + 2 <= LAST_GROUP) {
    if (!isAnchored(replace))
      notes.approximate(path, 'replaceHeader', 'of each line, HAProxy replaces the first match');
    return;
  }
  notes.approximate(path, 'replaceHeader', 'of several lines of that name, HAProxy leaves one, made of the last');
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

function abortLine(abort: 'reset' | 'close' | 'hang', holds: Condition | string, plan: Plan, path: string): string {
  if (abort === 'close') return `http-request reject${when(holds)}`;
  if (abort === 'reset') {
    plan.notes.approximate(path, 'abort: reset', 'HAProxy closes without a reset');
    return `http-request reject${when(holds)}`;
  }
  plan.notes.approximate(path, 'abort: hang', 'silent-drop: the connection is forgotten at once');
  return `http-request silent-drop${when(holds)}`;
}
