/** A key of etcd (v3), by the JSON gateway that every etcd has. Values are base64 there; numbers are strings. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SharedAddress } from './shared-address.ts';
import { AGAIN_MS, ANSWER_MS, type SharedSource } from './shared-source.ts';

type EtcdAddress = Extract<SharedAddress, { kind: 'etcd' }>;

interface KeyValue {
  value?: string;
  mod_revision: string;
}
interface RangeAnswer {
  header: { revision: string };
  kvs?: KeyValue[];
}
interface WatchAnswer {
  result?: { canceled?: boolean; cancel_reason?: string; events?: { type?: 'DELETE'; kv: KeyValue }[] };
  error?: { message?: string };
}

/**
 * Milliseconds until a watch is made anew. Nothing comes over it while nothing changes, and `fetch` gives up what says nothing
 * for five minutes; that somebody is still there is looked at more often, by reading.
 */
const WATCH_MS = 240_000;
const HAD_ITS_TIME = Symbol('the watch has had its time');

export function etcdSource(address: EtcdAddress): SharedSource {
  const key = encode(address.key);
  const ended = new AbortController();
  let token: string | null = null;

  async function post(path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    if (address.user !== '' && token === null) token = await login(address, signal);
    const headers = token === null ? {} : { authorization: token };
    const answer = await fetch(`${address.origin}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers,
      signal,
    });
    if (answer.ok) return answer;
    token = null;
    throw new Error(`etcd answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  }

  async function call<T>(path: string, body: unknown): Promise<T> {
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(ANSWER_MS)]);
    return (await (await post(path, body, signal)).json()) as T;
  }

  const range = () => call<RangeAnswer>('/v3/kv/range', { key });

  /** Reads, then follows the changes from there; rejects when the stream breaks, resolves when it has had its time. */
  async function follow(onText: (text: string | null) => void, onTrouble: (reason: null) => void): Promise<void> {
    const { header, kvs } = await range();
    onTrouble(null);
    onText(textOf(kvs?.[0]));
    const from = String(BigInt(header.revision) + 1n);
    const stop = new AbortController();
    const beat = setInterval(() => void range().catch((error: unknown) => stop.abort(error)), 10 * AGAIN_MS);
    const time = setTimeout(() => stop.abort(HAD_ITS_TIME), WATCH_MS);
    try {
      const signal = AbortSignal.any([ended.signal, stop.signal]);
      await hear(await post('/v3/watch', { create_request: { key, start_revision: from } }, signal), onText);
    } catch (error) {
      if (stop.signal.reason !== HAD_ITS_TIME) throw error;
    } finally {
      clearInterval(beat);
      clearTimeout(time);
    }
  }

  async function hear(stream: Response, onText: (text: string | null) => void): Promise<void> {
    for await (const { result, error } of messages(stream)) {
      if (error || result?.canceled)
        throw new Error(error?.message ?? result?.cancel_reason ?? 'the watch was cancelled');
      const last = result?.events?.at(-1);
      if (last) onText(last.type === 'DELETE' ? null : textOf(last.kv));
    }
    throw new Error('the connection was closed');
  }

  return {
    read: async () => textOf((await range()).kvs?.[0]),
    watch(onText, onTrouble) {
      void (async () => {
        while (!ended.signal.aborted) {
          const trouble = await follow(onText, onTrouble).then(() => null, reasonOf);
          if (ended.signal.aborted) return;
          if (trouble === null) continue;
          onTrouble(trouble);
          await sleep(AGAIN_MS, null, { signal: ended.signal }).catch(() => {});
        }
      })();
    },
    async replace(before, text) {
      const compare = [{ key, target: 'VALUE', result: 'EQUAL', value: encode(before) }];
      const success = [{ request_put: { key, value: encode(text) } }];
      return (await call<{ succeeded?: boolean }>('/v3/kv/txn', { compare, success })).succeeded === true;
    },
    async close() {
      ended.abort();
    },
  };
}

async function login({ origin, user, password }: EtcdAddress, signal: AbortSignal): Promise<string> {
  const body = JSON.stringify({ name: user, password });
  const answer = await fetch(`${origin}/v3/auth/authenticate`, { method: 'POST', body, signal });
  if (!answer.ok) throw new Error(`etcd refused the user ${user} (${answer.status})`);
  return ((await answer.json()) as { token: string }).token;
}

/** One JSON text a line. */
async function* messages(answer: Response): AsyncGenerator<WatchAnswer> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of answer.body ?? []) {
    const lines = (pending + decoder.decode(chunk, { stream: true })).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as WatchAnswer;
  }
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function textOf(pair: KeyValue | undefined): string | null {
  return pair === undefined ? null : Buffer.from(pair.value ?? '', 'base64').toString('utf8');
}

function reasonOf(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
