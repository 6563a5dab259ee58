/** What response actions do to responses of every kind: long ones, endless ones, those without a body, and our own answers. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commands } from '../../proxy-engine/contract/api.ts';
import { type Answer, send, startBackend } from '../support/backend.ts';
import { recorded, startEngine } from '../support/engine.ts';
import { kept } from '../support/kept.ts';
import { sendRaw } from '../support/raw.ts';

async function start(answer: Answer | undefined, rules: object[], routes?: object[]) {
  const backend = kept(await startBackend('b', answer));
  return kept(await startEngine([backend.port], { rules: rules as never, ...(routes && { routes: routes as never }) }));
}

describe('bodies longer than what is kept otherwise', () => {
  const long = 'abc '.repeat(100_000);
  const edit = [{ delay: '20ms' }, { body: { replace: 'b', with: 'x' } }];

  it('are edited after a delay, of a request', async () => {
    const echo: Answer = (request, response) => void request.pipe(response);
    const { port } = await start(echo, [{ name: 'edit', request: edit }]);
    const { text } = await send(`127.0.0.1:${port}`, '/', { method: 'POST', body: long });
    expect(text).toBe(long.replaceAll('b', 'x'));
  });

  it('are edited after a delay, of a response', async () => {
    const { port } = await start((_, response) => void response.end(long), [{ name: 'edit', response: edit }]);
    expect((await send(`127.0.0.1:${port}`)).text).toBe(long.replaceAll('b', 'x'));
  });
});

describe('a body that is replaced whole', () => {
  const rules = [{ name: 'set', response: [{ body: { set: 'short' } }] }];

  it('does not wait for an endless one', async () => {
    const events: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    };
    const { port, engine } = await start(events, rules);
    expect(await send(`127.0.0.1:${port}`)).toMatchObject({ text: 'short', headers: { 'content-length': '5' } });
    expect((await recorded(engine)).attempts).toMatchObject([{ outcome: 'answered' }]);
  });

  it('may have been of any length', async () => {
    const { port, engine } = await start((_, response) => void response.end(Buffer.alloc(11 * 1024 ** 2)), rules);
    expect((await send(`127.0.0.1:${port}`)).text).toBe('short');
    expect((await recorded(engine)).mark).toBeUndefined();
  });

  it('does not wait for that of a request', async () => {
    const { port } = await start(undefined, [{ name: 'set', request: [{ body: { set: 'short' } }] }]);
    const head = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nonly a part';
    const { text } = await sendRaw(port, head, (got) => got.includes('}}'));
    expect(text).toContain('"content-length":"5"');
  });
});

describe('statuses with and without a body', () => {
  const withBody: Answer = (_, response) => void response.end('a body');
  const without = (status: number): Answer => {
    return (_, response) => {
      response.writeHead(status, { etag: '"e"', ...(status === 304 && { 'content-length': '6' }) });
      response.end();
    };
  };

  it.each([204, 304])('a body is not sent after a %i', async (status) => {
    const { port } = await start(withBody, [{ name: 's', match: 'path = /s', response: [{ status }] }]);
    const two = 'GET /s HTTP/1.1\r\nHost: h\r\n\r\nGET /t HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
    const { text } = await sendRaw(port, two, () => false);
    const [first = '', second = ''] = text.split(/(?=HTTP\/1\.1 )/);
    expect(first.slice(first.indexOf('\r\n\r\n'))).toBe('\r\n\r\n');
    expect(second).toMatch(/^HTTP\/1\.1 200 OK[^]*\r\n\r\na body$/);
  });

  it.each([204, 304])('a %i that becomes a 200 says that its body is empty', async (status) => {
    const { port } = await start(without(status), [{ name: 's', response: [{ status: 200 }] }]);
    expect(await send(`127.0.0.1:${port}`)).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '0', etag: '"e"' },
    });
  });

  it('a 204 that becomes a 200 can be given a body', async () => {
    const { port } = await start(without(204), [
      { name: 's', response: [{ status: 200 }, { body: { set: 'hello' } }] },
    ]);
    expect(await send(`127.0.0.1:${port}`)).toMatchObject({ status: 200, text: 'hello' });
  });

  it.each<[string, string, string]>([
    ['HEAD', 'GET', ''],
    ['GET', 'HEAD', ''],
  ])('%s that is sent on as %s', async (method, sentAs, text) => {
    const { port } = await start(withBody, [{ name: 'm', request: [{ method: sentAs }] }]);
    expect(await send(`127.0.0.1:${port}`, '/', { method })).toMatchObject({ status: 200, text });
  });
});

describe('our own answers', () => {
  const actions = [{ body: { replace: 'o+', with: '0' } }, { set: { 'x-seen': 'yes' } }, { status: 202 }];
  const mock = { name: 'mock', request: [{ respond: { body: 'fooo bar' } }] };
  const edited = { status: 202, text: 'f0 bar', headers: { 'x-seen': 'yes', 'content-length': '6' } };

  it('of a rule are edited', async () => {
    const { port } = await start(undefined, [mock, { name: 'edit', response: actions }]);
    expect(await send(`127.0.0.1:${port}`)).toMatchObject(edited);
  });

  it('of a route are edited, and wait', async () => {
    const routes = [{ name: 'r', respond: { body: 'fooo bar' } }];
    const { port } = await start(undefined, [{ name: 'edit', response: [{ delay: '1ms' }, ...actions] }], routes);
    expect(await send(`127.0.0.1:${port}`)).toMatchObject(edited);
  });

  it.each<[method: string, status: number, length: string]>([
    ['GET', 200, '8'],
    ['HEAD', 200, '99'],
    ['GET', 304, '99'],
  ])('to %s with %d tell the length that they have', async (method, status, length) => {
    const headers = { 'content-length': '99' };
    const routes = [{ name: 'r', respond: { status, headers, body: 'fooo bar' } }];
    const { port } = await start(undefined, [], routes);
    expect((await send(`127.0.0.1:${port}`, '/', { method })).headers['content-length']).toBe(length);
  });

  it('out of a file are edited', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'own-answers-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    const file = join(dir, 'a.txt');
    await writeFile(file, 'foo '.repeat(50_000));
    const { port } = await start(undefined, [
      { name: 'file', request: [{ mapLocal: { file } }] },
      { name: 'edit', response: actions },
    ]);
    expect((await send(`127.0.0.1:${port}`)).text).toBe('f0 '.repeat(50_000));
  });

  it('end as a rule says', async () => {
    const { port } = await start(undefined, [mock, { name: 'end', response: [{ abort: 'close' }] }]);
    await expect(send(`127.0.0.1:${port}`)).rejects.toThrow(/socket hang up|ECONNRESET/);
  });

  it('are held for a person, whose answer goes out as it is and is not held again', async () => {
    const { port, engine } = await start(undefined, [
      mock,
      { name: 'stop', response: [{ set: { 'x-seen': 'yes' } }, { breakpoint: true }] },
    ]);
    const reply = send(`127.0.0.1:${port}`);
    await expect.poll(() => engine.breakpoints.state().held.length).toBe(1);
    const id = engine.breakpoints.state().held[0]?.id;
    const edits = { status: 418, headers: [['x-mine', '1']], body: { text: 'tea' } };
    engine.breakpoints.decide(commands['breakpoint.resume'].parse({ id, action: 'respond', edits }));
    expect(await reply).toMatchObject({ status: 418, text: 'tea', headers: { 'x-mine': '1' } });
    expect((await reply).headers['x-seen']).toBeUndefined();
    expect((await recorded(engine)).rules.map(({ name, phase }) => [name, phase])).toEqual([
      ['mock', 'request'],
      ['stop', 'response'],
    ]);
  });

  it('are as slow as the request was made', async () => {
    const { port } = await start(undefined, [{ name: 'slow', request: [{ throttle: { down: '8Mbps' } }] }, mock]);
    expect((await send(`127.0.0.1:${port}`)).text).toBe('fooo bar');
  });
});
