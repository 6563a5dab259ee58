/** Headers, parameters and cookies of which there are several, for targets that do not ask for the first alone. */
import type { Condition, Subject, Test } from './condition.ts';
import { fieldPattern } from './field-pattern.ts';
import { Inexpressible } from './notes.ts';

/** Of what closes: it holds also where the first of several lines does. What stands below a `not` stays. */
export function orFirstLine(condition: Condition): Condition {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return { kind: condition.kind, of: condition.of.map(orFirstLine) };
    case 'test': {
      const { subject } = condition;
      const first = subject.kind === 'header' && !IN_ONE.has(subject.name.toLowerCase()) ? firstLine(condition) : null;
      return first === null ? condition : { kind: 'any', of: [condition, first] };
    }
    default:
      return condition;
  }
}

/** Of these, there is one line, or they are joined by something else. */
const IN_ONE: ReadonlySet<string> = new Set(['host', 'cookie']);

/** null: it is asked already. */
function firstLine(test: Test): Test | null {
  switch (test.comparison) {
    case 'is':
      return { ...test, comparison: 'prefix', value: `${test.value},` };
    case 'suffix':
      return { ...test, comparison: 'contains', value: `${test.value},` };
    case 'regex':
      return withComma(test);
    default:
      return null;
  }
}

function withComma(test: Test): Test | null {
  try {
    const found = fieldPattern(test.value, { stops: ',' }, test.ignoreCase);
    return found === null ? null : { ...test, value: `^${found},` };
  } catch (error) {
    if (error instanceof Inexpressible) return null;
    throw error;
  }
}

/** How a target asks for several of one name: whether one of them holds, or all in one text. Absent: for the first, as Switchyard. */
export type Several = Partial<Record<Subject['kind'], 'each' | 'joined'>>;

type NamedSubject = Extract<Subject, { name: string }>;

/** Of what closes: whose second opens it, since what holds below a `not` may hold for that one. */
export function openedBySecond(condition: Condition, several: Several, isNegated = false): NamedSubject[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap((each) => openedBySecond(each, several, isNegated));
    case 'not':
      return openedBySecond(condition.of, several, !isNegated);
    case 'test': {
      const { subject } = condition;
      const how = several[subject.kind];
      if (!isNegated || !('name' in subject) || how === undefined) return [];
      return how === 'each' || !asksOneLine(condition) ? [subject] : [];
    }
    default:
      return [];
  }
}

/** Whether what holds for joined lines holds for the first. */
function asksOneLine({ comparison, value, ignoreCase }: Test): boolean {
  if (comparison !== 'regex') return (comparison === 'is' || comparison === 'prefix') && !value.includes(',');
  try {
    return fieldPattern(value, { stops: ',' }, ignoreCase) === fieldPattern(value, { stops: '' }, ignoreCase);
  } catch (error) {
    if (error instanceof Inexpressible) return false;
    throw error;
  }
}
