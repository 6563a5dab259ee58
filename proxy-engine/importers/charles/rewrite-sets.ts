/** Charles's Rewrite sets: their locations pick an exchange once, as it came; rules here see what earlier ones did. */
import { type Json, listAt, recordAt, textAt } from '../../foreign-json.ts';
import type { Draft, DraftRule } from '../draft.ts';
import { allOf, anyOf, oneOf } from '../expressions.ts';
import { type Moved, movedBy } from '../moving.ts';
import { anyLocation, isOn } from './locations.ts';
import { rewriteRule } from './rewrite-rule.ts';
import type { Rewrite } from './rule-fields.ts';

interface Step extends Rewrite {
  at: string;
  isOn: boolean;
}

export function readRewriteSet(set: Json, draft: Draft, { isOn: toolEnabled }: { isOn: boolean }): void {
  const name = textAt(set, 'name') || 'Rewrite';
  const where = anyLocation(listAt(recordAt(recordAt(set, 'hosts'), 'locationPatterns'), 'locationMatch'));
  const rules = listAt(recordAt(set, 'rules'), 'rewriteRule');
  if (rules.length === 0) draft.refuse(`rewrite set ${name}`, name, 'it has no rules');
  const steps = rules.flatMap((rule, i): Step[] => {
    const at = `rewrite set ${name}, rule ${i + 1}`;
    const made = rewriteRule(rule);
    for (const each of made) if ('refused' in each) draft.refuse(at, each.what, each.refused);
    const isActive = toolEnabled && isOn(set, 'active') && isOn(rule, 'active') && where !== null;
    return made.flatMap((each) => ('refused' in each ? [] : [{ ...each, at, isOn: isActive }]));
  });
  addSteps(steps, { name, where: where ?? undefined, draft });
}

interface Place {
  name: string;
  /** Condition of its locations; absent: everywhere. */
  where: string | undefined;
  draft: Draft;
}

/** What changes that which the locations ask for comes last: the others would not hold any more. */
function addSteps(steps: readonly Step[], place: Place): void {
  const isMoving = (step: Step) => step.isOn && moves(step, place.where);
  const moving = steps.filter(isMoving);
  const late = steps.filter((step) => moving.length > 0 && !isMoving(step) && asksForResponse(step));
  for (const step of steps) if (!isMoving(step) && !late.includes(step)) addStep(step, place);
  const names = addMoving(moving, place);
  for (const step of late)
    addStep(step, { ...place, where: anyOf([...(place.where ? [place.where] : []), oneOf('rule', names)]) });
}

function addStep({ at, what, actions, also, why, isOn: enabled }: Step, { name, where, draft }: Place): string {
  const match = allOf([where, also]);
  const common: DraftRule = {
    group: name,
    ...(enabled ? {} : { enabled }),
    ...(match === undefined ? {} : { match }),
  };
  return draft.addRule(at, `${name}: ${what}`, { ...common, ...actions }, why);
}

/** Beyond that, what rules ask of their own has too many combinations. */
const MOST_ASKED = 3;

/** One rule that does all of it, for each combination of what they ask of their own: those of less first, which do not hold when others have acted. */
function addMoving(moving: readonly Step[], place: Place): string[] {
  const asked = moving.filter(({ also }) => also !== undefined);
  if (asked.length > MOST_ASKED) {
    tellMoved(moving, place);
    return moving.map((step) => addStep(step, place));
  }
  return combinations(asked).flatMap((some) => {
    const steps = moving.filter((step) => step.also === undefined || some.includes(step));
    const others = asked.filter((step) => !some.includes(step)).map(({ also = '' }) => `not (${also})`);
    return together(steps, allOf([...some.map(({ also }) => also), ...others]), place);
  });
}

function combinations(steps: readonly Step[]): Step[][] {
  const all = steps.reduce<Step[][]>((found, step) => [...found, ...found.map((some) => [...some, step])], [[]]);
  return all.toSorted((a, b) => a.length - b.length);
}

function together(steps: readonly Step[], also: string | undefined, place: Place): string[] {
  const [first, ...rest] = steps;
  if (!first) return [];
  const why = [...new Set(steps.flatMap((step) => step.why ?? []))].join('; ');
  const request = steps.flatMap(({ actions }) => actions.request ?? []);
  const response = steps.flatMap(({ actions }) => actions.response ?? []);
  const { at, what, isOn: enabled } = first;
  const actions = { request, ...(response.length > 0 && { response }) };
  const made = addStep(
    { at, what, isOn: enabled, actions, ...(also !== undefined && { also }), ...(why !== '' && { why }) },
    place,
  );
  for (const each of rest) place.draft.map(each.at, `rule ${made}: ${each.what}`);
  return [made];
}

function tellMoved([first]: readonly Step[], { name, draft }: Place): void {
  if (first)
    draft.approximate(
      first.at,
      `rewrite set ${name}`,
      'its rules that change host, path or query see what those before them have done: where its locations do not hold any more, they do not act',
    );
}

/** It is decided when the response is there. */
function asksForResponse({ also, actions }: Step): boolean {
  return actions.request === undefined && also !== undefined && /\b(?:status|responseHeader)\b/.test(also);
}

const ASKED: Record<Moved, RegExp> = { host: /\b(?:host|port)\b/, path: /\bpath\b/, query: /\bquery\b/ };

/** Whether it changes what the locations ask for. */
function moves({ actions }: Step, where = ''): boolean {
  const moved = (actions.request ?? []).map(movedBy);
  return moved.some((field) => field !== null && ASKED[field].test(where));
}
