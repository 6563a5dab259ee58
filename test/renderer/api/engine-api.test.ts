import { describe, expect, test } from 'vitest';
import type { ToEngine } from '../../../proxy-engine/contract/channel.ts';
import { CommandError, createEngineApi, type EngineMessage } from '../../../renderer/api/engine-api.ts';
import { takeToken, tokenIn } from '../../../renderer/api/token.ts';
import { channelUrl, reconnectDelay, wireText } from '../../../renderer/api/web-socket.ts';
import { exampleConfigText } from '../examples.ts';
import { fakeEngine } from '../fake-engine.ts';

describe('createEngineApi', () => {
  test('answers go to their callers, the rest in order to the listener', async () => {
    const engine = fakeEngine();
    const seen: EngineMessage['type'][] = [];
    const api = createEngineApi(engine.connection, (message) => seen.push(message.type));
    const [first, second] = await Promise.all([
      api.call('exchange.get', { id: 1 }),
      api.call('exchange.get', { id: 2 }),
    ]);
    expect([first.id, second.id]).toEqual([1, 2]);
    engine.tellState();
    expect(seen).toEqual(['snapshot', 'events']);
  });

  test('a refused command rejects with its code and issues', async () => {
    const api = createEngineApi(fakeEngine().connection, () => {});
    const texts = [{ source: 'demo.yaml', was: exampleConfigText, text: 'bogus: 1' }];
    const error = await api.call('config.replace', { texts }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({ code: 'BAD_CONFIG', issues: [{ line: 12 }] });
  });

  test('a loss rejects what is open, and calls after it', async () => {
    const engine = fakeEngine();
    const seen: EngineMessage['type'][] = [];
    const api = createEngineApi({ ...engine.connection, send: () => {} }, (message) => seen.push(message.type));
    const open = api.call('state.get', {});
    engine.lose({ state: 'lost', reason: 'exited' });
    await expect(open).rejects.toMatchObject({ code: 'DISCONNECTED' });
    await expect(api.call('state.get', {})).rejects.toMatchObject({ code: 'DISCONNECTED' });
    expect(seen.at(-1)).toBe('lost');
  });

  test('what would close the channel is refused instead', async () => {
    const send = (message: ToEngine): void => void wireText(message);
    const api = createEngineApi({ ...fakeEngine().connection, send }, () => {});
    const asked = api.call('config.import', { text: '測'.repeat(6 * 1024 ** 2) });
    await expect(asked).rejects.toMatchObject({ code: 'TOO_LARGE', message: expect.stringContaining('16 MiB') });
    expect(() => send({ type: 'call', id: 1, command: 'state.get', input: '測'.repeat(5 * 1024 ** 2) })).not.toThrow();
  });
});

test('waits longer after each failure, but never long', () => {
  expect([1, 2, 3, 20].map(reconnectDelay)).toEqual([250, 500, 1000, 5000]);
});

test.each([
  ['http:', 'ws://127.0.0.1:4780/channel'],
  ['https:', 'wss://127.0.0.1:4780/channel'],
])('the channel of a %s page', (protocol, expected) => {
  expect(channelUrl({ protocol, host: '127.0.0.1:4780' } as Location)).toBe(expected);
});

test('the token leaves the address and survives a reload', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as unknown as Storage;
  const shown: string[] = [];
  const page = (hash: string) => ({ hash, pathname: '/', search: '' }) as Location;
  expect(takeToken(page('#token=s3cret'), storage, (url) => shown.push(url))).toBe('s3cret');
  expect(shown).toEqual(['/']);
  expect(takeToken(page(''), storage, (url) => shown.push(url))).toBe('s3cret');
  expect(shown).toHaveLength(1);
});

test('a plus sign in a token is no space', () => {
  const storage = { setItem: () => {} } as unknown as Storage;
  expect(takeToken({ hash: '#token=a+b%2Bc', pathname: '/', search: '' } as Location, storage, () => {})).toBe('a+b+c');
});

test.each([
  ['s3cret', 's3cret'],
  ['  s3cret\n', 's3cret'],
  ['http://127.0.0.1:4780/#token=s3cret', 's3cret'],
  ['ready ui=http://127.0.0.1:4780/#token=s3cret gateway=127.0.0.1:8080', 's3cret'],
])('the token in what a person pastes: %j', (text, token) => {
  expect(tokenIn(text)).toBe(token);
});
