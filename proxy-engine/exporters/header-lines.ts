/** Headers of several lines, of which the first counts, for targets that ask all of them joined with commas. */
import type { Condition, Test } from './condition.ts';
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
