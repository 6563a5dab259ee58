import { expect, it } from 'vitest';
import { PathTree } from '../../../proxy-engine/store/views/path-tree.ts';

it.each<[what: string, paths: string[], open: string[], names: unknown]>([
  ['the root and a name', ['/', '/a'], [''], ['', 'a']],
  ['a tunnel, whose target has no slash', ['shop.test:443'], [''], ['shop.test:443']],
  ['a path that is also above others', ['/a', '/a/b', '/a/'], ['', '/a'], ['a', ['', 'b']]],
  ['empty segments', ['//a', '/b//c'], ['', '/', '/b', '/b/'], ['', ['a'], 'b', ['', ['c']]]],
  ['a node below a closed one', ['/a/b/c'], ['', '/a/b'], ['a']],
])('shows %s', (_, paths, open, names) => {
  const tree = new PathTree(open.map((path) => ({ host: 'h', path })));
  for (const path of paths) tree.add('h', path, 1);
  const [host] = tree.result(10).nodes;
  const namesOf = (nodes: ReturnType<PathTree['result']>['nodes'] = []): unknown[] =>
    nodes.flatMap(({ name, children }) => (children ? [name, namesOf(children)] : [name]));
  expect([host?.count, namesOf(host?.children)]).toEqual([paths.length, names]);
});

it('counts what finds no room, and loses nothing', () => {
  const tree = new PathTree([{ host: 'h', path: '' }]);
  for (let index = 0; index < 60_000; index++) tree.add('h', `/${index}`, 1);
  tree.add('h', '/7', 5);
  const [host] = tree.result(2).nodes;
  expect(host).toMatchObject({ count: 60_005, children: [{ name: '0' }, { name: '7', count: 6 }] });
  expect(host?.rest).toEqual({ names: 59_998, count: 59_998 });
});
