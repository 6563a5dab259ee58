/** A key of Redis (or Valkey). Changes are pushed: the server keeps track of what this client has read (`CLIENT TRACKING`). */
import { createClient } from '@redis/client';
import type { SharedAddress } from './shared-address.ts';
import { AGAIN_MS, ANSWER_MS, NO_TEXT, type SharedSource } from './shared-source.ts';

/** Compares and sets in one step. */
const REPLACE = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) return 1 end return 0`;

export function redisSource({ url, database, key }: Extract<SharedAddress, { kind: 'redis' }>): SharedSource {
  let watched = false;
  const client = createClient({
    url,
    database,
    RESP: 3,
    emitInvalidate: true,
    disableOfflineQueue: true,
    // Looks at the connection as often, so that one that died without a word is noticed.
    pingInterval: 10 * AGAIN_MS,
    // Until somebody watches, the first failure is told at once.
    socket: { connectTimeout: ANSWER_MS, reconnectStrategy: (_tries, cause) => (watched ? AGAIN_MS : cause) },
  });
  // Each is told by the call that fails, or by `watch`.
  client.on('error', () => {});
  let opening: Promise<unknown> | null = null;

  async function open(): Promise<void> {
    opening ??= client.connect();
    try {
      await opening;
    } catch (error) {
      opening = null;
      throw error;
    }
  }

  async function read(): Promise<string | null> {
    await open();
    return client.get(key).catch((error: unknown) => {
      throw /^WRONGTYPE\b/.test(reasonOf(error)) ? new Error(NO_TEXT) : error;
    });
  }

  return {
    read,
    watch(onText, onTrouble) {
      watched = true;
      const look = (): void => {
        read().then(
          (text) => {
            onTrouble(null);
            onText(text);
          },
          (error: unknown) => onTrouble(reasonOf(error)),
        );
      };
      client.on('invalidate', (changed: Buffer | string | null) => {
        if (changed === null || String(changed) === key) look();
      });
      client.on('ready', look);
      client.on('error', (error: unknown) => onTrouble(reasonOf(error)));
      if (client.isReady) look();
      else void open().catch((error: unknown) => onTrouble(reasonOf(error)));
    },
    async replace(before, text) {
      await open();
      return (await client.eval(REPLACE, { keys: [key], arguments: [before, text] })) === 1;
    },
    async close() {
      client.removeAllListeners('invalidate');
      client.removeAllListeners('ready');
      watched = false;
      client.destroy();
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
