/** The list of routes and rules: what stands in it, and where moves lead. */
import { expect, test } from 'vitest';
import { entryRange } from '../../../renderer/rules/document.ts';
import { listItems } from '../../../renderer/rules/list-items.ts';
import { dropMove, stepMove } from '../../../renderer/rules/moves.ts';
import { sourceLabel } from '../../../renderer/rules/source-label.ts';
import { itemsInView } from '../../../renderer/ui/uneven-list.tsx';
import { entriesIn } from '../config-parts.ts';
import { exampleState } from '../examples.ts';

const OWN = `rules:
  - { name: A }
  - { name: B, group: G }
  - { name: C, group: G }
  - { name: D }
  - { name: E, group: G }
`;
const TEAM = 'rules: [{ name: T, group: G }, { name: U }]\n';
const entries = entriesIn(OWN, TEAM);
const rules = entries.rules.map(({ name, raw: { group } }) => ({ name, group, enabled: true, hits: 0 }));
const lines = (folded: string[] = []): string[] =>
  listItems({ routes: [], rules }, entries, new Set(folded)).map((item) => {
    if (item.kind === 'rule') return item.state.name;
    if (item.kind === 'group') return `${item.group}${item.continued ? ', continued' : ''}`;
    return item.kind === 'source' ? `in ${item.source}` : item.kind;
  });

test('groups, and what continues them, under the document they live in', () => {
  expect(lines()).toEqual([
    ...['heading', 'heading', 'A', 'G', 'B', 'C', 'D', 'G, continued', 'E'],
    ...['in team 1', 'G, continued', 'T', 'U'],
  ]);
  expect(lines(['demo.yaml\nG'])).toEqual([
    'heading',
    'heading',
    'A',
    'G',
    'D',
    'G, continued',
    'in team 1',
    'G, continued',
    'T',
    'U',
  ]);
});

test('a list that the documents are not known for yet', () => {
  const { length } = listItems(exampleState, entriesIn(), new Set());
  expect(length).toBeGreaterThan(exampleState.rules.length);
});

test.each<[name: string, step: -1 | 1, before: string | null | undefined]>([
  ['A', -1, undefined],
  ['A', 1, 'D'], // over the group
  ['B', 1, 'D'], // within it
  ['D', -1, 'B'],
  ['C', 1, 'E'], // out of it
  ['E', 1, undefined], // what follows is of another document
  ['T', 1, null],
  ['T', -1, undefined],
  ['gone', 1, undefined],
])('%s by %i', (name, step, before) => {
  expect(stepMove(entries.rules, name, step)?.before).toBe(before);
});

test.each<[name: string, target: string, side: 'before' | 'after', before: string | null | undefined]>([
  ['A', 'C', 'before', 'C'],
  ['A', 'E', 'after', null],
  ['D', 'A', 'before', 'A'],
  ['A', 'B', 'before', undefined],
  ['A', 'T', 'before', undefined],
])('%s dropped on %s, %s it', (name, target, side, before) => {
  expect(dropMove(entries.rules, name, target, side)?.before).toBe(before);
});

test.each([
  ['redis://h:6379/team', 'team · Redis', true],
  ['etcds://h/team/rules', 'team/rules · etcd', true],
  ['/home/me/team-rules.yaml', 'team-rules.yaml', false],
  ['C:\\me\\team.yaml', 'team.yaml', false],
])('%s is called %s', (name, short, isShared) => {
  expect(sourceLabel(name)).toEqual({ short, isShared });
});

test.each<[text: string, name: string, found: string | undefined]>([
  [
    'rules:\n  - name: A\n    request: [{ replaceHeader: { name: B } }]\n  # of B\n  - name: B\n\n  - { name: C }\npools: {}\n',
    'B',
    'name: B',
  ],
  ['rules:\n  - name: A\n  - { name: C }\npools: {}\n', 'C', '{ name: C }'],
  ["rules:\n- match: path = /\n  name: 'A b'\n- name: C\n", 'A b', "match: path = /\n  name: 'A b'"],
  ['rules: [{ name: A }, { name: B }]\n', 'B', '{ name: B }'],
  ['rules:\n  - { match: x, name: B }\n', 'B', '{ match: x, name: B }'],
  ['routes:\n  - name: B\nrules:\n  - name: A\n', 'B', undefined],
])('where in %j is %s', (text, name, found) => {
  const range = entryRange(text, 'rules', name);
  expect(range ? text.slice(range.from, range.to) : undefined).toBe(found);
});

test('of many items those in sight exist, and those that are kept', () => {
  const edges = Array.from({ length: 1001 }, (_, index) => index * 40);
  const seen = itemsInView(edges, { top: 20_000, height: 800 }, [3, -1, 505]);
  expect([seen[0], seen[1], seen.at(-1)]).toEqual([3, 490, 530]);
  expect(seen).toHaveLength(42);
  expect(itemsInView([0], { top: 0, height: 800 }, [])).toEqual([]);
});
