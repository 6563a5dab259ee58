import { describe, expect, it } from 'vitest';
import { BreakpointQueue, HOLD_MS, MAX_HELD, MAX_HELD_BYTES } from '../../proxy-engine/breakpoints/breakpoint-queue.ts';
import type { Decision } from '../../proxy-engine/breakpoints/decision.ts';
import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import { commands } from '../../proxy-engine/contract/api.ts';
import { heldMessage } from '../support/exchanges.ts';
import { FakeClock } from '../support/fake-clock.ts';

const UNCHANGED = { body: null, answer: null, abort: null };

function start() {
  const clock = new FakeClock();
  let changes = 0;
  const queue = new BreakpointQueue(clock, () => changes++);
  return { clock, queue, changes: () => changes };
}

const decision = (input: CommandInput<'breakpoint.resume'>): Decision => commands['breakpoint.resume'].parse(input);

describe('the queue', () => {
  it('tells what it holds, and until when', () => {
    const { queue, clock } = start();
    const message = heldMessage({ method: 'POST' });
    message.exchange.traces = [{ name: 'Stop', phase: 'request', actions: [{ words: ['breakpoint'], changes: [] }] }];
    void queue.hold(message);
    expect(queue.state().held).toEqual([
      {
        id: message.exchange.id,
        phase: 'request',
        method: 'POST',
        url: 'http://api.test/v1/items?page=2',
        rule: 'Stop',
        heldAt: clock.epoch(),
        until: clock.epoch() + HOLD_MS,
      },
    ]);
  });

  it('lets one go as it was when its time is up, and says so on it', async () => {
    const { queue, clock } = start();
    const message = heldMessage();
    const verdict = queue.hold(message);
    clock.advance(HOLD_MS);
    expect(await verdict).toEqual(UNCHANGED);
    expect(message.exchange.mark?.note).toContain('5 minutes');
    expect(queue.state().held).toEqual([]);
  });

  it('forgets one whose client went away, and its time-out', async () => {
    const { queue, clock, changes } = start();
    const message = heldMessage();
    const verdict = queue.hold(message);
    queue.drop(message.exchange.id);
    expect(await verdict).toEqual(UNCHANGED);
    clock.advance(HOLD_MS);
    expect([message.exchange.mark, changes()]).toEqual([null, 2]);
  });

  it('holds no more than it can, and says so', async () => {
    const { queue } = start();
    for (let i = 0; i < MAX_HELD; i++) void queue.hold(heldMessage());
    const message = heldMessage();
    expect(await queue.hold(message)).toEqual(UNCHANGED);
    expect(message.exchange.mark?.note).toContain(`${MAX_HELD}`);
  });

  it('holds no more bytes of bodies than it can, says so, and has room again when one goes on', async () => {
    const { queue } = start();
    const big = () => ({ ...heldMessage(), sizeBytes: MAX_HELD_BYTES / 2 });
    const [first] = [big(), big()].map((message) => {
      void queue.hold(message);
      return message;
    });
    const message = { ...heldMessage(), sizeBytes: 1 };
    expect(await queue.hold(message)).toEqual(UNCHANGED);
    expect(message.exchange.mark?.note).toBe('not held: bodies of 512 MiB are held already');
    queue.drop(first?.exchange.id ?? 0);
    void queue.hold(message);
    expect(queue.state().held).toHaveLength(2);
  });

  it('does not wait for a body for which there is no room', () => {
    const { queue } = start();
    const { exchange } = heldMessage();
    expect([queue.hasRoom(exchange, MAX_HELD_BYTES), exchange.mark]).toEqual([true, null]);
    expect(queue.hasRoom(exchange, MAX_HELD_BYTES + 1)).toBe(false);
    expect(exchange.mark?.note).toContain('not held');
  });

  it('lets all go at once', async () => {
    const { queue } = start();
    const verdicts = Array.from({ length: 100 }, () => queue.hold(heldMessage()));
    queue.releaseAll();
    expect(await Promise.all(verdicts)).toEqual(verdicts.map(() => UNCHANGED));
  });

  it('does nothing for an id that is not held', () => {
    const { queue } = start();
    expect(queue.decide(decision({ id: 99, action: 'abort' }))).toBeNull();
    expect(queue.detail(99)).toBeNull();
  });
});

describe('decisions', () => {
  async function decide(input: Omit<CommandInput<'breakpoint.resume'>, 'id'>, message = heldMessage()) {
    const { queue } = start();
    const verdict = queue.hold(message);
    const problem = queue.decide(decision({ id: message.exchange.id, ...input }));
    if (problem !== null) queue.releaseAll();
    return { problem, verdict: await verdict, exchange: message.exchange };
  }

  it('continue, with an edited request', async () => {
    const { verdict, exchange } = await decide(
      {
        action: 'continue',
        edits: {
          method: 'PUT',
          target: '/x',
          headers: [
            ['Host', 'b'],
            ['x-a', 'é'],
          ],
          body: { text: 'new' },
        },
      },
      heldMessage({ headers: [['Content-Length', '3']] }),
    );
    expect([exchange.method, exchange.outgoing.target, verdict.body?.toString()]).toEqual(['PUT', '/x', 'new']);
    expect(exchange.outgoing.headers.lines()).toEqual([
      ['Host', 'b'],
      ['x-a', 'Ã©'],
      ['Content-Length', '3'],
    ]);
  });

  it('continue, with an edited response', async () => {
    const { exchange } = await decide(
      { action: 'continue', edits: { status: 404, headers: [['x-a', 'b']] } },
      heldMessage({ phase: 'response' }),
    );
    expect(exchange.answered).toMatchObject({ status: 404, reason: 'Not Found' });
    expect(exchange.answered?.headers.lines()).toEqual([['x-a', 'b']]);
  });

  it('answer', async () => {
    const body = { base64: Buffer.from([1, 2]).toString('base64') };
    const { verdict } = await decide({ action: 'respond', edits: { status: 201, headers: [['a', 'b']], body } });
    expect(verdict.answer).toMatchObject({ status: 201, body: Buffer.from([1, 2]) });
  });

  it('abort', async () => {
    expect((await decide({ action: 'abort', mode: 'close' })).verdict.abort).toBe('close');
  });

  it.each<[name: string, edits: Decision['edits'], problem: RegExp]>([
    ['a method', { method: 'a b' }, /not a method/],
    ['a method of requests', { method: 'CONNECT' }, /a breakpoint makes none/],
    ['a path', { target: 'x y' }, /begins with/],
    ['a header name', { headers: [['a b', 'c']] }, /header line/],
    ['a header value', { headers: [['a', 'b\nc']] }, /header line/],
  ])('refuse %s that is none, and hold on', async (_name, edits, expected) => {
    const { problem, exchange } = await decide({ action: 'continue', edits });
    expect(problem).toMatch(expected);
    expect(exchange.outgoing.headers).toBe(exchange.request.headers);
  });

  it('show the message with its body, unless that is too long', () => {
    const { queue } = start();
    const message = heldMessage({ phase: 'response', body: 'é', responseHeaders: [['x-a', 'Ã©']] });
    void queue.hold(message);
    expect(queue.detail(message.exchange.id)).toMatchObject({
      response: { status: 200, headers: [['x-a', 'é']] },
      body: Buffer.from('é').toString('base64'),
      bodyComplete: true,
    });
  });
});

describe('the next one', () => {
  it('is the first for which the expression holds, and only that', () => {
    const { queue } = start();
    expect(queue.awaitNext({ match: 'method = POST and path ^= /v1', phase: 'response' })).toBeNull();
    expect(queue.state().next).toEqual({ match: 'method = POST and path ^= /v1', phase: 'response' });
    const taken = ['GET', 'POST', 'POST'].map((method) => queue.takeNext(heldMessage({ method }).exchange, 'request'));
    expect(taken).toEqual([null, 'response', null]);
    expect(queue.state().next).toBeNull();
  });

  it('is told when it is armed and when it is met', () => {
    const { queue, changes } = start();
    queue.awaitNext({ match: 'method = GET', phase: 'request' });
    expect(changes()).toBe(1);
    queue.takeNext(heldMessage({ method: 'POST' }).exchange, 'request');
    expect(changes()).toBe(1);
    queue.takeNext(heldMessage().exchange, 'request');
    expect(changes()).toBe(2);
  });

  it('may be given up', () => {
    const { queue } = start();
    queue.awaitNext({ match: 'method = GET', phase: 'request' });
    queue.awaitNext({ match: null, phase: 'request' });
    expect(queue.takeNext(heldMessage().exchange, 'request')).toBeNull();
  });

  it('asks about what is known in its phase', () => {
    const { queue } = start();
    expect(queue.awaitNext({ match: 'status = 500', phase: 'request' })).toMatch(/^at character 1/);
    expect(queue.awaitNext({ match: 'body *= "x"', phase: 'response' })).toMatch(/^at character 1/);
    expect(queue.awaitNext({ match: 'status = 200', phase: 'response' })).toBeNull();
    const { exchange } = heldMessage({ phase: 'response' });
    expect(queue.takeNext(exchange, 'request')).toBeNull();
    expect(queue.takeNext(exchange, 'response')).toBe('response');
    expect(queue.takeNext(exchange, 'response')).toBeNull();
  });

  it('is no copy for a mirror', () => {
    const { queue } = start();
    queue.awaitNext({ match: 'method = GET', phase: 'request' });
    const { exchange } = heldMessage();
    exchange.isCopy = true;
    expect(queue.takeNext(exchange, 'request')).toBeNull();
    expect(queue.state().next).not.toBeNull();
  });
});
