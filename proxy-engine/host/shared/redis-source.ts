/** A key of Redis (or Valkey). Changes are pushed: the server keeps track of what this client has read (`CLIENT TRACKING`). */
import { createClient } from '@redis/client';
import type { SharedAddress } from './shared-address.ts';
import { AGAIN_MS, ANSWER_MS, answerTo, NO_TEXT, type SharedSource } from './shared-source.ts';

/** Compares and sets in one step. */
const REPLACE = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) return 1 end return 0`;

const PING_MS = 10 * AGAIN_MS;

export function redisSource({ url, database, key }: Extract<SharedAddress, { kind: 'redis' }>): SharedSource {
  let watched = false;
  const client = createClient({
    url,
    database,
    RESP: 3,
    emitInvalidate: true,
    disableOfflineQueue: true,
    // Looks at the connection as often, so that one that died without a word, or a server that stands still, is noticed.
    pingInterval: PING_MS,
    socket: {
      connectTimeout: ANSWER_MS,
      socketTimeout: PING_MS + ANSWER_MS,
      // Until somebody watches, the first failure is told at once.
      reconnectStrategy: (_tries, cause) => (watched ? AGAIN_MS : cause),
    },
  });
  // Each is told by the call that fails, or by `watch`.
  client.on('error', () => {});
  let opening: Promise<unknown> | null = null;

  async function open(): Promise<void> {
    opening ??= client.connect();
    opening.catch(() => {
      opening = null;
    });
    await opening;
  }

  async function get(): Promise<string | null> {
    await open();
    return client.get(key).catch((error: unknown) => {
      throw /^WRONGTYPE\b/.test(reasonOf(error)) ? new Error(NO_TEXT) : error;
    });
  }

  const read = () => answerTo(get()).catch(tell);

  async function compareAndSet(before: string, text: string): Promise<boolean> {
    await open();
    return (await client.eval(REPLACE, { keys: [key], arguments: [before, text] })) === 1;
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
    replace: (before, text) =>
      answerTo(compareAndSet(before, text), 'no answer within 5 s; it may be written later').catch(tell),
    async close() {
      client.removeAllListeners('invalidate');
      client.removeAllListeners('ready');
      watched = false;
      client.destroy();
    },
  };
}

function tell(error: unknown): never {
  throw new Error(reasonOf(error));
}

/** Redis says at length what its protocol could do, and which script of ours it was. */
function inWords(message: string): string {
  if (message.startsWith('NOAUTH')) return 'it wants a password, as in redis://:PASSWORD@HOST/KEY';
  if (message.startsWith('WRONGPASS')) return 'the user or the password is wrong';
  return message.replace(/\.? script: [0-9a-f]{40}.*$/, '');
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return inWords(error instanceof Error ? error.message : String(error));
}
