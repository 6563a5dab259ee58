import { expect, test } from 'vitest';
import { anchorsOf } from '../../../renderer/rules/anchors.ts';

const BLOCK = `rules:
  - &base
    name: A
    match: &m path = /a
    group: &alone G
  - name: B
    match: *m
  - <<: *base
    name: C
  - name: D
    request: [{ set: { x: 'a & b *' } }]
`;
const FLOW = 'rules: [&base { name: A }, { <<: *base, name: B }, { name: C, match: "x &base" }]\n';

test.each([
  [BLOCK, 'A', false, ['base', 'm']],
  [BLOCK, 'B', true, []],
  [BLOCK, 'C', true, []],
  [BLOCK, 'D', false, []],
  [FLOW, 'A', false, ['base']],
  [FLOW, 'B', true, []],
  [FLOW, 'C', false, []],
])('%# %s', (text, name, takes, gives) => {
  expect(anchorsOf(text, 'rules', name)).toEqual({ takes, gives });
});
