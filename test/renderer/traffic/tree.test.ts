import { describe, expect, test } from 'vitest';
import type { ExchangeTree } from '../../../proxy-engine/contract/exchange-commands.ts';
import { parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';
import { createEngineApi } from '../../../renderer/api/engine-api.ts';
import { moveInTree } from '../../../renderer/traffic/tree/tree-keys.ts';
import { placeExpression, type TreePlace, treeRows } from '../../../renderer/traffic/tree/tree-rows.ts';
import { createTreeStore } from '../../../renderer/traffic/tree/tree-store.ts';
import { fakeEngine } from '../fake-engine.ts';
import { soon } from '../soon.ts';

const TREE: ExchangeTree = {
  total: 12,
  nodes: [
    {
      name: 'api.test',
      count: 9,
      hasMore: true,
      children: [
        { name: '', count: 1, hasMore: false },
        { name: 'users', count: 1, hasMore: false },
        { name: 'v1', count: 5, hasMore: true, children: [{ name: 'a"b', count: 5, hasMore: false }] },
      ],
      rest: { names: 2, count: 2 },
    },
    { name: 'shop.test', count: 3, hasMore: true },
  ],
};

describe('lines of the tree', () => {
  const rows = treeRows(TREE);

  test('children follow their node, and what is not shown its siblings', () => {
    expect(
      rows.map((row) => `${' '.repeat(row.depth)}${row.kind === 'node' ? row.name : `+${row.rest.names}`}`),
    ).toEqual(['api.test', ' /', ' users', ' v1/', '  a"b', ' +2', 'shop.test']);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });

  test('every place has an expression that parses', () => {
    const expressions = rows.flatMap((row) => (row.kind === 'node' ? [placeExpression(row, row.hasMore)] : []));
    expect(expressions).toEqual([
      'host = api.test',
      'host = api.test and path = /',
      'host = api.test and path = /users',
      'host = api.test and (path = /v1 or path ^= /v1/)',
      'host = api.test and path = "/v1/a\\"b"',
      'host = shop.test',
    ]);
    for (const expression of expressions) expect(parseExpression(expression).ok).toBe(true);
  });

  test.each([
    ['ArrowDown', -1, { kind: 'go', index: 0 }],
    ['ArrowDown', 6, null],
    ['ArrowUp', 3, { kind: 'go', index: 2 }],
    ['ArrowRight', 0, { kind: 'go', index: 1 }],
    ['ArrowRight', 6, { kind: 'toggle' }],
    ['ArrowRight', 2, null],
    ['ArrowLeft', 0, { kind: 'toggle' }],
    ['ArrowLeft', 4, { kind: 'go', index: 3 }],
    ['ArrowLeft', 5, { kind: 'go', index: 0 }],
    ['ArrowLeft', 6, null],
    ['End', 0, { kind: 'go', index: 6 }],
    ['j', 0, { kind: 'go', index: 1 }],
    ['K', 1, { kind: 'go', index: 0 }],
    ['x', 0, null],
  ])('%s at line %i', (key, active, move) => {
    expect(moveInTree(key, rows, active)).toEqual(move);
  });
});

test('the tree is counted only while somebody watches, with the filter and what is open', async () => {
  const engine = fakeEngine();
  const tree = createTreeStore(
    createEngineApi(engine.connection, () => {}),
    () => ' failed ',
  );
  const asked = () => engine.calls.filter(({ command }) => command === 'exchanges.tree').map(({ input }) => input);
  tree.changed();
  const stop = tree.watch();
  await soon(() => expect(asked()).toEqual([{ filter: 'failed', open: [] }]));
  await soon(() => expect(tree.store.getState().tree).not.toBeNull());
  tree.toggle({ host: 'api.test', path: '/v1', kind: 'node' } as TreePlace);
  await soon(() => expect(asked()[1]).toEqual({ filter: 'failed', open: [{ host: 'api.test', path: '/v1' }] }));
  stop();
  tree.changed();
  tree.toggle({ host: 'api.test', path: '/v1' });
  expect(tree.store.getState().open.size).toBe(0);
  expect(asked()).toHaveLength(2);
});
