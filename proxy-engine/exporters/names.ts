/** What a condition asks of names, asked of each of the few names that there are. */
import { compilePattern, isMistake } from '../match/pattern.ts';
import { type Condition, NEVER, type Test } from './condition.ts';

/** A name of the config, and what the target has in its place. */
export interface Named {
  name: string;
  as: string;
}

/** Whether one is there is asked as it was. */
export function byNames(condition: Condition, kind: 'listener' | 'pool', names: readonly Named[]): Condition {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return { ...condition, of: condition.of.map((each) => byNames(each, kind, names)) };
    case 'not':
      return { ...condition, of: byNames(condition.of, kind, names) };
    case 'test':
      return condition.subject.kind === kind ? anyOf(condition, names) : condition;
    default:
      return condition;
  }
}

function anyOf(test: Test, names: readonly Named[]): Condition {
  const passing = names.filter(({ name }) => passes(name, test));
  const of = passing.map(({ as }): Condition => ({ ...test, comparison: 'is', value: as, ignoreCase: false }));
  return of.length === 0 ? NEVER : { kind: 'any', of };
}

function passes(name: string, { comparison, value, ignoreCase }: Test): boolean {
  switch (comparison) {
    case 'is':
      return name === value;
    case 'prefix':
      return name.startsWith(value);
    case 'suffix':
      return name.endsWith(value);
    case 'contains':
      return name.includes(value);
    case 'regex': {
      const pattern = compilePattern(value, ignoreCase);
      return !isMistake(pattern) && pattern.test(name);
    }
  }
}
