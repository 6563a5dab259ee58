import { describe, expect, test } from 'vitest';
import type { ListenerState } from '../../../proxy-engine/contract/state.ts';
import { exampleUrl, firstCurl } from '../../../renderer/first-run/first-curl.ts';
import { exampleState } from '../examples.ts';

const [api, canary, down] = exampleState.routes;

function lineOf(routes: typeof exampleState.routes): string | null {
  return firstCurl({ ...exampleState, routes });
}

describe('the line to paste', () => {
  test('fits the first route that leads to a pool', () => {
    expect(firstCurl(exampleState)).toBe("curl -i -H 'Host: api.localhost' http://127.0.0.1:8080/v1/");
    const lastIsPool = [down, canary, { ...api, match: undefined }] as typeof exampleState.routes;
    expect(lineOf(lastIsPool)).toBe('curl -i http://127.0.0.1:8080/');
  });

  test('fits the first route where none leads to a pool', () => {
    expect(lineOf([down] as typeof exampleState.routes)).toBe('curl -i http://127.0.0.1:8080/maintenance');
    expect(lineOf([])).toBe('curl -i http://127.0.0.1:8080/');
  });

  const broken = { name: 'broken', address: '127.0.0.1:1', mode: 'reverse', secure: false, error: 'in use' } as const;
  const plain: ListenerState = { name: 'plain', address: '127.0.0.1:2', mode: 'reverse', secure: false };
  const secure: ListenerState = { ...plain, address: '127.0.0.1:3', secure: true };
  const forward: ListenerState = { ...plain, address: '127.0.0.1:4', mode: 'forward' };

  test.each<[string, ListenerState[], line: string | null, url: string | null]>([
    ['no listener', [], null, null],
    ['one that does not listen', [broken], null, null],
    ['a reverse one', [broken, forward, plain], 'curl -i http://127.0.0.1:2/', 'http://127.0.0.1:2/'],
    ['TLS', [secure], 'curl -i -k https://127.0.0.1:3/', 'https://127.0.0.1:3/'],
    [
      'HTTP/2 alone, in clear',
      [{ ...plain, http2Only: true }],
      'curl -i --http2-prior-knowledge http://127.0.0.1:2/',
      'http://127.0.0.1:2/',
    ],
    [
      'HTTP/2 alone, over TLS',
      [{ ...secure, http2Only: true }],
      'curl -i -k https://127.0.0.1:3/',
      'https://127.0.0.1:3/',
    ],
    ['forward', [forward], 'curl -i -x http://127.0.0.1:4 http://example.com/', null],
    [
      'forward, TLS',
      [{ ...forward, secure: true }],
      'curl -i -x https://127.0.0.1:4 --proxy-insecure http://example.com/',
      null,
    ],
  ])('fits the listeners: %s', (_, listeners, line, url) => {
    const state = { ...exampleState, listeners, routes: [] };
    expect(firstCurl(state)).toBe(line);
    expect(exampleUrl(state)).toBe(url);
  });
});
