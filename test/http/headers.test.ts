/** Header lines beside a plain list of pairs: whatever is done to both, they say the same. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseFields } from '../../proxy-engine/http/fields.ts';
import { Headers } from '../../proxy-engine/http/headers.ts';

type Line = [name: string, value: string];

const name = fc.constantFrom('Host', 'host', 'X-A', 'x-a', 'X-B', 'Set-Cookie', 'Connection', 'Via');
const value = fc.constantFrom('', 'a', 'two words', 'caf\u00e9', 'x'.repeat(40));
const line = fc.tuple(name, value);
/** After the colon, and at the end: what a line may have around its value. */
const received = fc.tuple(line, fc.constantFrom('', ' ', '  ', '\t'), fc.constantFrom('', '', ' ', '\t '));
const change = fc.oneof(
  fc.tuple(fc.constant('set' as const), line),
  fc.tuple(fc.constant('append' as const), line),
  fc.tuple(fc.constant('prepend' as const), line),
  fc.tuple(fc.constant('delete' as const), line),
  fc.tuple(fc.constant('rewrite' as const), line),
  fc.tuple(fc.constant('filter' as const), line),
  fc.tuple(fc.constant('clone' as const), line),
);

it('a list that came over the wire goes on as what was done to it says', () => {
  fc.assert(
    fc.property(fc.array(received, { maxLength: 6 }), fc.array(change, { maxLength: 8 }), (lines, changes) => {
      const text = lines.map(([[n, v], before, after]) => `${n}:${before}${v}${after}\r\n`).join('');
      let headers = parseFields(`GET / HTTP/1.1\r\n${text}\r\n`, 16, { headers: 100 });
      let model: Line[] = lines.map(([pair]) => pair);
      for (const [kind, [n, v]] of changes) {
        headers = changed(headers, kind, n, v);
        model = expected(model, kind, n, v);
      }
      expect(headers.lines()).toEqual(model);
      expect(headers.text()).toBe(model.map(([n, v]) => `${n}: ${v}\r\n`).join(''));
    }),
    { seed: 20_261_129 },
  );
});

function changed(headers: Headers, kind: string, n: string, v: string): Headers {
  switch (kind) {
    case 'set':
      headers.set(n, v);
      break;
    case 'append':
      headers.append(n, v);
      break;
    case 'prepend':
      headers.prepend(n, v);
      break;
    case 'delete':
      headers.delete(n);
      break;
    case 'rewrite':
      headers.rewrite(n, (before) => `${before}${v}`);
      break;
    case 'filter':
      return headers.filter((other) => !same(other, n));
    default:
      return headers.clone();
  }
  return headers;
}

function expected(lines: Line[], kind: string, n: string, v: string): Line[] {
  const first = lines.findIndex(([other]) => same(other, n));
  switch (kind) {
    case 'set':
      if (first < 0) return [...lines, [n, v]];
      return lines
        .map(([other, before], i): Line => [other, i === first ? v : before])
        .filter(([other], i) => i === first || !same(other, n));
    case 'append':
      return [...lines, [n, v]];
    case 'prepend':
      return [[n, v], ...lines];
    case 'delete':
    case 'filter':
      return lines.filter(([other]) => !same(other, n));
    case 'rewrite':
      return lines.map(([other, before]): Line => [other, same(other, n) ? `${before}${v}` : before]);
    default:
      return lines;
  }
}

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

it('a copy and its original do not change each other', () => {
  const original = Headers.of([
    ['A', '1'],
    ['B', '2'],
  ]);
  const copy = original.clone();
  copy.set('a', '3');
  original.delete('b');
  expect(copy.text()).toBe('A: 3\r\nB: 2\r\n');
  expect(original.text()).toBe('A: 1\r\n');
});
