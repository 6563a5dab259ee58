import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { matchOf } from '../../renderer/rules/from-exchange.ts';
import { placeExpression, treeRows } from '../../renderer/traffic/tree/tree-rows.ts';
import { startHost } from '../support/engine-host.ts';

async function setUp() {
  const document = {
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', respond: { status: 200, body: 'x' } }],
  };
  const started = await startHost(document, null);
  async function send(target: Buffer | string): Promise<void> {
    const [host, port] = started.address('gateway').split(':');
    const socket = connect(Number(port), host).resume();
    const head = [
      Buffer.from('GET '),
      Buffer.from(target),
      Buffer.from(' HTTP/1.1\r\nHost: a.test\r\nX-Name: 測試\r\n'),
    ];
    socket.write(Buffer.concat([...head, Buffer.from('Connection: close\r\n\r\n')]));
    await once(socket, 'close');
  }
  const pathsOf = async (filter: string) =>
    (await started.call('exchanges.query', { filter })).rows.map(({ path }) => path);
  return { ...started, send, pathsOf };
}

test('what was sent in UTF-8 is told as text, and what is made out of it finds it', async () => {
  const { call, send, pathsOf } = await setUp();
  await send('/café/menu?名=值');
  await send('/plain');
  const { rows } = await call('exchanges.query', { headers: ['request:x-name'] });
  const row = rows.find(({ path }) => path !== '/plain');
  expect(row).toMatchObject({ path: '/café/menu?名=值', headers: { 'request:x-name': '測試' } });

  const exchange = await call('exchange.get', { id: row?.id ?? 0 });
  expect(exchange.path).toBe('/café/menu?名=值');
  expect(exchange.request.target).toBe(Buffer.from('/café/menu?名=值').toString('latin1'));
  expect(await pathsOf(matchOf(exchange))).toEqual(['/café/menu?名=值']);

  const values = await call('exchanges.values', { field: 'path', startsWith: '/café' });
  expect(values).toEqual({ values: ['/café/menu'] });

  const open = [
    { host: 'a.test', path: '' },
    { host: 'a.test', path: '/café' },
  ];
  const nodes = treeRows(await call('exchanges.tree', { open })).filter((one) => one.kind === 'node');
  expect(nodes.map(({ name }) => name)).toEqual(['a.test', 'café/', 'menu', 'plain']);
  const [, cafe, menu] = nodes;
  for (const node of [cafe, menu])
    expect(node && (await pathsOf(placeExpression(node, node.hasMore)))).toEqual(['/café/menu?名=值']);
});

test('also what was sent in latin1', async () => {
  const { call, send, pathsOf } = await setUp();
  await send(Buffer.from('/café', 'latin1'));
  await send('/café');
  const { rows } = await call('exchanges.query', {});
  expect(rows.map(({ path }) => path)).toEqual(['/café', '/café']);
  const filters = [
    'path = "/café"',
    'path in ("/café", /b)',
    'path ^= "/caf\u00e9"',
    'path $= é',
    'path *= "fé"',
    'url *= fé',
    '"fé"',
  ];
  for (const filter of [...filters, 'path ~ "é$"'])
    expect([filter, await pathsOf(filter)]).toEqual([filter, ['/café', '/café']]);
  expect(await pathsOf('path = "/cafÃ©"')).toEqual([]);
});
