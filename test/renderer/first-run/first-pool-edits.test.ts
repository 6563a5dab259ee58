import { describe, expect, it } from 'vitest';
import {
  firstPoolEdits,
  freePort,
  mistakesByField,
  withOrWithout,
} from '../../../renderer/first-run/first-pool-edits.ts';

const NONE = { listeners: [], routes: [] };

describe('the first config', () => {
  it('has a listener, a route and a pool with a backend for each URL', () => {
    expect(firstPoolEdits('http://a:1\n http://b:2 ', ' 127.0.0.1:8081 ', NONE)).toEqual([
      { path: ['listeners', 'gateway'], value: { address: '127.0.0.1:8081' } },
      {
        path: ['pools', 'api'],
        value: {
          backends: [
            { name: 'a', url: 'http://a:1' },
            { name: 'b', url: 'http://b:2' },
          ],
        },
      },
      { insert: 'routes', value: { name: 'all', pool: 'api' } },
    ]);
    expect(firstPoolEdits(' \n', '127.0.0.1:8080', NONE)).toBeNull();
  });

  it('is told what is wrong with it once, at the field', () => {
    const issues = [
      { path: 'listeners.gateway.address', message: '127.0.0.1:8080 is taken' },
      { path: 'pools.api.backends[0].url', message: 'no URL' },
      { path: 'pools.api.backends[1].url', message: 'no URL either' },
      { path: 'routes[0].pool', message: 'no such pool' },
    ];
    expect(mistakesByField(issues)).toEqual({
      address: '127.0.0.1:8080 is taken',
      urls: 'no URL\nno URL either',
      '': 'routes[0].pool: no such pool',
    });
    expect(mistakesByField([])).toEqual({});
  });

  it('proposes a port on which nothing listens', () => {
    expect(freePort([])).toBe(8080);
    expect(freePort([22, 8081])).toBe(8080);
    expect(freePort([8081, 8080])).toBe(8082);
  });

  it('takes a URL that was picked away again', () => {
    expect(withOrWithout('http://a:1', 'http://b:2')).toBe('http://a:1\nhttp://b:2');
    expect(withOrWithout('http://a:1\nhttp://b:2', 'http://a:1')).toBe('http://b:2');
  });
});

it('names that are taken stay what they are', () => {
  const edits = firstPoolEdits('http://a:1', '127.0.0.1:8080', {
    listeners: ['gateway', 'gateway-2'],
    routes: ['all'],
  });
  expect(edits).toMatchObject([{ path: ['listeners', 'gateway-3'] }, {}, { value: { name: 'all-2', pool: 'api' } }]);
});
