/** A body that is held lies in memory once, and nowhere when it has gone on. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { commands } from '../../proxy-engine/contract/api.ts';
import { send, startBackend } from '../support/backend.ts';
import { startEngine } from '../support/engine.ts';
import { kept } from '../support/kept.ts';

const COUNT = 20;
const BODY = Buffer.alloc(5_000_000, 'x');
const ALL_BYTES = COUNT * BODY.length;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of buffers that something still refers to. */
function bufferBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

async function start(phase: 'request' | 'response') {
  const backend = kept(
    await startBackend('a', (request, response) => {
      request.resume();
      request.on('end', () => response.end(phase === 'request' ? 'short' : BODY));
    }),
  );
  const rules = [{ name: 'stop', [phase]: [{ breakpoint: true }] }];
  const engine = kept(await startEngine([backend.port], { rules }));
  const body = phase === 'request' ? { method: 'POST', body: BODY } : {};
  return { engine: engine.engine, ask: () => send(`127.0.0.1:${engine.port}`, '/', body).then(({ status }) => status) };
}

it.each(['request', 'response'] as const)(
  'the body of a %s',
  async (phase) => {
    const { engine, ask } = await start(phase);
    const before = bufferBytes();
    const replies = Array.from({ length: COUNT }, ask);
    const held = () => engine.breakpoints.state().held;
    await expect.poll(() => held().length).toBe(COUNT);
    await expect.poll(() => (bufferBytes() - before) / ALL_BYTES).toBeLessThan(1.7);
    for (const { id } of held())
      engine.breakpoints.decide(commands['breakpoint.resume'].parse({ id, action: 'continue' }));
    expect(new Set(await Promise.all(replies))).toEqual(new Set([200]));
    // The first MiB of each is recorded, and connections keep the memory that they read into.
    await expect.poll(() => (bufferBytes() - before) / ALL_BYTES).toBeLessThan(0.6);
  },
  60_000,
);
