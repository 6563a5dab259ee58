import { parseExpression } from '../../proxy-engine/contract/expression/parse.ts';
import type { ExpressionIssue } from '../../proxy-engine/contract/expression/syntax.ts';
import {
  type ActionFields,
  type ActionKindId,
  actionKind,
  emptyFields,
  jsonOf,
  readAction,
  writeAction,
} from './action-kinds.ts';
import type { RawRule } from './document.ts';
import { type FieldMistake, fieldMistakes } from './field-mistakes.ts';
import type { FormKind } from './rebase.ts';

export type HeaderOperation = 'set' | 'append' | 'delete';
export const HEADER_OPERATIONS: readonly HeaderOperation[] = ['set', 'append', 'delete'];

/** One line of the form: a header action, an action by its fields, or one that only its JSON can tell. */
export type DraftAction =
  | { kind: 'header'; operation: HeaderOperation; name: string; value: string; group: number }
  | { kind: 'fields'; id: ActionKindId; fields: ActionFields; group: number }
  | { kind: 'json'; text: string; group: number };

/** `limit` of a rule as it is typed; without `requests` there is none. */
export interface LimitDraft {
  requests: string;
  burst: string;
  key: string;
  status: string;
}

/** A rule as the form edits it. `group` of an action: which action of the document it was part of. */
export interface RuleDraft {
  name: string;
  group: string;
  match: string;
  limit: LimitDraft;
  request: DraftAction[];
  response: DraftAction[];
}

export type Phase = 'request' | 'response';

export function draftOf(rule: RawRule): RuleDraft {
  return {
    name: rule.name ?? '',
    group: rule.group ?? '',
    match: oneLine(rule.match ?? ''),
    limit: limitDraft(rule.limit),
    request: draftActions(rule.request),
    response: draftActions(rule.response),
  };
}

function draftActions(actions: unknown): DraftAction[] {
  return (Array.isArray(actions) ? actions : []).flatMap(
    (action: unknown, group) => headerLines(action, group) ?? [otherAction(action, group)],
  );
}

function otherAction(action: unknown, group: number): DraftAction {
  const read = readAction(action);
  return read ? { kind: 'fields', ...read, group } : { kind: 'json', text: JSON.stringify(action), group };
}

function limitDraft(limit: unknown): LimitDraft {
  const given = typeof limit === 'object' && limit !== null ? (limit as Record<string, unknown>) : {};
  const text = (name: keyof LimitDraft): string => (given[name] === undefined ? '' : String(given[name]));
  return { requests: text('requests'), burst: text('burst'), key: text('key'), status: text('status') };
}

function limitOf({ requests, burst, key, status }: LimitDraft): Record<string, unknown> | undefined {
  if (requests.trim() === '') return undefined;
  const given = { requests: requests.trim(), burst: numeric(burst), key: key.trim(), status: numeric(status) };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
}

function numeric(text: string): number | string {
  return /^\d+$/.test(text.trim()) ? Number(text) : text.trim();
}

function headerLines(action: unknown, group: number): DraftAction[] | null {
  if (typeof action !== 'object' || action === null) return null;
  const { set, append, delete: removed } = action as Record<string, unknown>;
  if (Array.isArray(removed))
    return removed.map((name) => ({ kind: 'header', operation: 'delete', name: String(name), value: '', group }));
  const operation = set === undefined ? 'append' : 'set';
  const lines = set ?? append;
  if (typeof lines !== 'object' || lines === null) return null;
  return Object.entries(lines).map(([name, value]) => ({
    kind: 'header',
    operation,
    name,
    value: String(value),
    group,
  }));
}

/** The rule with what the form edits put in; everything else of it stays. */
export function applyDraft(rule: RawRule, draft: RuleDraft): RawRule {
  return withoutEmpty({
    ...rule,
    name: draft.name.trim(),
    group: draft.group.trim(),
    match: matchOf(rule, draft),
    limit: limitOf(draft.limit),
    request: actionsOf(draft.request),
    response: actionsOf(draft.response),
  });
}

/** A text field has one line; joined without a blank, words of two lines of a condition would be one. */
export function oneLine(match: string): string {
  return match.trim().replaceAll(/\s*\n\s*/g, ' ');
}

/** A condition over several lines stays as it is until something else is typed. */
export function matchOf({ match }: { match?: string | undefined }, draft: { match: string }): string {
  return match !== undefined && oneLine(match) === draft.match.trim() ? match : draft.match.trim();
}

export const RULE_FORM: FormKind<RuleDraft> = {
  draftOf,
  apply: applyDraft,
  partsOf: (key) => (isPart(key) ? [key] : []),
};

function isPart(key: string): key is keyof RuleDraft {
  return ['name', 'group', 'match', 'limit', 'request', 'response'].includes(key);
}

function withoutEmpty(rule: RawRule): RawRule {
  const given = Object.entries(rule).filter(
    ([, value]) => value !== '' && value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(given);
}

/** A header action under construction: the lines that came from, or go into, one action of the document. */
interface HeaderRun {
  group: number;
  operation: HeaderOperation;
  names: Map<string, string>;
}

/** Actions of the document: neighbouring lines of one group and operation are one action. */
function actionsOf(lines: readonly DraftAction[]): unknown[] {
  const runs: (HeaderRun | { other: unknown })[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (line.kind === 'fields') runs.push({ other: writeAction(line.id, line.fields) });
    else if (line.kind === 'json') runs.push({ other: jsonOf(line.text) });
    else if (last && 'names' in last && joins(last, line)) last.names.set(line.name.trim(), line.value);
    else runs.push({ group: line.group, operation: line.operation, names: new Map([[line.name.trim(), line.value]]) });
  }
  return runs.map((run) => ('names' in run ? actionOf(run.operation, run.names) : run.other));
}

function joins(run: HeaderRun, line: Extract<DraftAction, { kind: 'header' }>): boolean {
  return run.group === line.group && run.operation === line.operation && !run.names.has(line.name.trim());
}

function actionOf(operation: HeaderOperation, names: ReadonlyMap<string, string>): unknown {
  return operation === 'delete' ? { delete: [...names.keys()] } : { [operation]: Object.fromEntries(names) };
}

/** A header line added at the end of a phase; it joins the action before it when that is of the same kind. */
export function addHeaderLine(lines: readonly DraftAction[]): DraftAction[] {
  const last = lines.at(-1);
  const operation = last?.kind === 'header' ? last.operation : 'set';
  const group = last?.kind === 'header' ? last.group : nextGroup(lines);
  return [...lines, { kind: 'header', operation, name: '', value: '', group }];
}

export function addAction(lines: readonly DraftAction[], id: ActionKindId): DraftAction[] {
  return [...lines, { kind: 'fields', id, fields: emptyFields(id), group: nextGroup(lines) }];
}

/** Line `index` one place up or down; the lines as they are at either end. */
export function moveLine(lines: readonly DraftAction[], index: number, step: -1 | 1): DraftAction[] {
  const line = lines[index];
  const other = lines[index + step];
  if (!line || !other) return [...lines];
  return lines.map((one, at) => (at === index ? other : at === index + step ? line : one));
}

/** Line `index` with another operation: an action of its own from then on. */
export function changeOperation(
  lines: readonly DraftAction[],
  index: number,
  operation: HeaderOperation,
): DraftAction[] {
  return lines.map((line, at) =>
    at === index && line.kind === 'header' ? { ...line, operation, group: nextGroup(lines) } : line,
  );
}

function nextGroup(lines: readonly DraftAction[]): number {
  return Math.max(-1, ...lines.map((line) => line.group)) + 1;
}

/** What the rule's condition may ask: a rule that acts on responses alone knows them. */
export function scopeOf(draft: RuleDraft): 'routed' | 'response' {
  const responseOnly = draft.request.length === 0 && draft.response.length > 0 && draft.limit.requests === '';
  return responseOnly ? 'response' : 'routed';
}

/** The first mistake in the rule's condition; what it may ask depends on whether it acts on requests. */
export function matchIssueOf(draft: RuleDraft): ExpressionIssue | undefined {
  if (draft.match.trim() === '') return undefined;
  const parsed = parseExpression(draft.match, scopeOf(draft));
  return parsed.ok ? undefined : parsed.issues[0];
}

export type DraftProblem = 'noName' | 'nameTaken' | 'badHeaderName' | 'badHeaderValue' | 'noRate';

/** Mistakes of the draft by field: `name`, `limit`, `request.0.name`, `response.2.value`. */
export function draftProblems(
  draft: RuleDraft,
  otherNames: readonly string[],
): Record<string, DraftProblem | FieldMistake> {
  const problems: Record<string, DraftProblem | FieldMistake> = {};
  if (draft.name.trim() === '') problems.name = 'noName';
  else if (otherNames.includes(draft.name.trim())) problems.name = 'nameTaken';
  if (draft.limit.requests.trim() === '' && Object.values(draft.limit).some((text) => text.trim() !== ''))
    problems.limit = 'noRate';
  for (const phase of ['request', 'response'] as const)
    draft[phase].forEach((line, index) => {
      for (const [field, problem] of Object.entries(lineProblems(line)))
        problems[`${phase}.${index}.${field}`] = problem;
    });
  return problems;
}

function lineProblems(line: DraftAction): Record<string, DraftProblem | FieldMistake> {
  if (line.kind === 'fields') return fieldMistakes(actionKind(line.id), line.fields);
  if (line.kind !== 'header') return {};
  return {
    ...(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(line.name.trim()) ? {} : { name: 'badHeaderName' }),
    ...(/^[\t -~\x80-\uffff]*$/.test(line.value) ? {} : { value: 'badHeaderValue' }),
  };
}
