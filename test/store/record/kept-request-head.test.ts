/** Heads are told as they were sent: rules, scripts and people may send what no server should take. */
import { expect, test } from 'vitest';
import { requestHead } from '../../../proxy-engine/store/record/stored-exchange.ts';

const lines = ['Host: api.test', 'x-empty:', 'X-Wide:  two  '];
const told = [
  ['Host', 'api.test'],
  ['x-empty', ''],
  ['X-Wide', 'two'],
];

test.each<[what: string, line: string, more: [string, string][]]>([
  ['a usual one', 'GET /a?b=c HTTP/1.1', []],
  ['an expectation that nobody meets', 'POST /a HTTP/1.1', [['expect', 'tea']]],
  ['a Host that is none', 'GET /a HTTP/1.1', [['Host', 'a b/c']]],
  ['a control character', 'GET /a HTTP/1.1', [['x-a', 'a\x01b']]],
  ['a method without its target', 'CONNECT /a HTTP/1.1', [['content-length', '2']]],
  // By a pattern they would be searched through from each of them.
  ['blanks by the thousand', 'GET /a HTTP/1.1', [['x-a', `a${' \t'.repeat(2 ** 17)}b`]]],
  ['two lengths', 'GET /a"<\xe4> HTTP/1.0', [['content-length', '2, 3']]],
])('%s', (_what, line, more) => {
  const [method, target, version] = line.split(' ');
  const raw = Buffer.from([line, ...lines, ...more.map((pair) => pair.join(': ')), '', ''].join('\r\n'), 'latin1');
  expect(requestHead(raw)).toEqual({ method, target, version, headers: [...told, ...more] });
  expect(requestHead(raw, 'HTTP/2')?.version).toBe('HTTP/2');
});

test('nothing was sent', () => expect(requestHead(Buffer.alloc(0))).toBeUndefined());
