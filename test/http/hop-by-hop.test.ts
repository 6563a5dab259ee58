/** What goes on to the next one, as a list and as text: the same lines (RFC 9110 §7.6.1). */
import { expect, test } from 'vitest';
import { Headers } from '../../proxy-engine/http/headers.ts';
import { forwardable, forwardableText } from '../../proxy-engine/http/hop-by-hop.ts';

const LENGTH: [string, string] = ['Content-Length', '3'];
const OTHER: [string, string] = ['X-Other', 'a'];

test.each<[string, [string, string][], [string, string][]]>([
  ['nothing to leave out', [LENGTH, OTHER], [LENGTH, OTHER]],
  ['an empty list', [], []],
  [
    'fields of the connection',
    [['Connection', 'keep-alive'], LENGTH, ['Keep-Alive', 'timeout=5'], OTHER],
    [LENGTH, OTHER],
  ],
  ['fields of an upgrade', [['Upgrade', 'h2c'], ['connection', 'upgrade'], ['HTTP2-Settings', 'AA'], OTHER], [OTHER]],
  ['framing', [['Transfer-Encoding', 'chunked'], ['TE', 'trailers'], ['Proxy-Connection', 'close'], OTHER], [OTHER]],
  ['a line that is nominated', [['Connection', 'close, X-Other'], OTHER, LENGTH], [LENGTH]],
  [
    'nominated by the second of two lines',
    [['Connection', 'close'], ['Connection', 'x-other'], OTHER, LENGTH],
    [LENGTH],
  ],
  ['a line that may not be nominated', [['Connection', 'content-length, x-other'], OTHER, LENGTH], [LENGTH]],
  ['an empty Connection', [['Connection', ''], OTHER], [OTHER]],
])('%s', (_, lines, expected) => {
  expect(forwardable(Headers.of(lines)).lines()).toEqual(expected);
  expect(forwardableText(Headers.of(lines), false)).toBe(textOf(expected));
  expect(forwardableText(Headers.of(lines), true)).toBe(textOf(expected.filter((line) => line !== LENGTH)));
});

function textOf(lines: [string, string][]): string {
  return lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}

test('lines that came side by side are taken over as they came, also around one that is left out', () => {
  const wire = 'A: 1\r\nConnection: close\r\nB: 2\r\nC: 3\r\n';
  const headers = new Headers(['A', '1', 'Connection', 'close', 'B', '2', 'C', '3'], wire, [0, 6, 25, 31]);
  expect(forwardableText(headers, false)).toBe('A: 1\r\nB: 2\r\nC: 3\r\n');
});
