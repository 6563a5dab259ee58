import { expect, test } from 'vitest';
import { contentSecurityPolicy, contentTypeOf, fileOf, isWebAddress, originOf } from '../../electron/page-address.ts';

test.each([
  ['app://switchyard/', '/ui/index.html'],
  ['app://switchyard/assets/main-1.js?v=2#x', '/ui/assets/main-1.js'],
  ['app://switchyard/a%20b.css', '/ui/a b.css'],
  ['app://switchyard/../../etc/passwd', '/ui/etc/passwd'],
])('%s is the file %s', (address, file) => {
  expect(fileOf(address, '/ui')).toBe(file);
});

test.each([
  ['another host', 'app://other/index.html'],
  ['another scheme', 'file:///ui/index.html'],
  ['an encoded way out', 'app://switchyard/..%2f..%2fetc%2fpasswd'],
  ['an encoded way to a sibling', 'app://switchyard/..%2fui-secret%2fkey'],
  ['a backslash', 'app://switchyard/..%5cwindows'],
  ['a zero byte', 'app://switchyard/index.html%00.js'],
  ['a broken escape', 'app://switchyard/%zz'],
  ['no address', 'index.html'],
])('%s is no file', (_what, address) => {
  expect(fileOf(address, '/ui')).toBeNull();
});

test.each([
  ['app://switchyard/index.html', 'app://switchyard'],
  ['http://localhost:5173/x', 'http://localhost:5173'],
  ['', null],
])('the origin of %j is %j', (address, origin) => {
  expect(originOf(address)).toBe(origin);
});

test('the policy lets scripts come from the page only and connections go to the named channel only', () => {
  expect(contentSecurityPolicy(null)).toContain("script-src 'self';");
  expect(contentSecurityPolicy(null)).toContain("connect-src 'self';");
  expect(contentSecurityPolicy('ws://127.0.0.1:4999/channel')).toContain(
    "connect-src 'self' ws://127.0.0.1:4999/channel;",
  );
});

test('media types go by the extension', () => {
  expect(contentTypeOf('/ui/a.JS')).toBe('text/javascript; charset=utf-8');
  expect(contentTypeOf('/ui/unknown')).toBe('application/octet-stream');
});

test.each([
  ['https://example.org/a', true],
  ['http://127.0.0.1:8080', true],
  ['javascript:alert(1)', false],
  ['file:///etc/passwd', false],
  ['mailto:a@example.org', false],
  ['', false],
])('%j is a web address: %j', (address, expected) => {
  expect(isWebAddress(address)).toBe(expected);
});
