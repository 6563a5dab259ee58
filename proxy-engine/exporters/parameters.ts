/** Query parameters for targets whose own test of them takes an empty one for none, or compares what is encoded. */
import type { Condition, Test } from './condition.ts';
import { encodedPattern } from './encoded.ts';

type Leaf = Exclude<Condition, { of: unknown }>;

/** Whether a parameter is there, or is there and empty, asked of the whole query. Other tests stay. */
export function parameterAsQuery(test: Leaf): Leaf {
  if (test.kind === 'status' || test.subject.kind !== 'parameter') return test;
  const { name } = test.subject;
  if (test.kind === 'present') return queryMatches(`(?:^|&)${encodedPattern(name)}(?:=|&|$)`);
  const isEmpty = test.comparison === 'is' && test.value === '';
  return isEmpty ? queryMatches(`(?:^|&)${encodedPattern(name)}=?(?:&|$)`) : test;
}

function queryMatches(value: string): Test {
  return { kind: 'test', subject: { kind: 'query' }, comparison: 'regex', value, ignoreCase: false };
}
