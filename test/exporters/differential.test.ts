import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../../proxy-engine/contract/config.ts';
import { Engine } from '../../proxy-engine/engine.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { type Backend, type Reply, send, startBackend } from '../support/backend.ts';
import { freePort } from '../support/free-port.ts';
import { comparedConfig, MISSING } from './configs.ts';
import { type PeerName, startPeer } from './peers.ts';

interface Sent {
  path: string;
  method: string;
  headers: Record<string, string>;
}

interface Seen {
  backend: string;
  method: string;
  url: string;
  headers: Record<string, string>;
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function tellRequest(name: string) {
  return (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const status = request.url?.includes('fail') ? 500 : request.url?.includes('missing') ? 404 : 200;
    response.writeHead(status, {
      server: 'origin',
      'x-powered-by': 'tests',
      'x-two': ['one', 'two'],
      'cache-control': 'max-age=1',
      'content-type': 'application/json',
    });
    response.end(JSON.stringify({ backend: name, method: request.method, url: request.url, headers: request.headers }));
  };
}

/** 200 requests that together ask for everything the config does. */
const REQUESTS: Sent[] = Array.from({ length: 5 }, (): Sent[] => [
  { path: '/v1/items?a=1&b=%20x', method: 'GET', headers: { 'x-secret-internal': 'tell no one', accept: '*/*' } },
  { path: '/v1/items', method: 'PUT', headers: {} },
  { path: '/v1/items', method: 'POST', headers: { 'x-secret-internal': 'stays' } },
  { path: '/v1/', method: 'GET', headers: {} },
  { path: '/v1/a%20b/c', method: 'GET', headers: { 'x-forwarded-proto': 'gopher' } },
  { path: '/v1/fail', method: 'GET', headers: {} },
  { path: '/v1/fail', method: 'POST', headers: {} },
  { path: '/v1/mock', method: 'POST', headers: { accept: 'application/json' } },
  { path: '/v1/mock', method: 'GET', headers: { accept: 'text/html' } },
  { path: '/maintenance', method: 'GET', headers: {} },
  { path: '/old/things/1/2', method: 'GET', headers: {} },
  { path: '/x', method: 'GET', headers: { host: 'SHOP.test' } },
  { path: '/x', method: 'GET', headers: { host: 'shop.test', 'x-canary': 'never' } },
  { path: '/x?kind=report', method: 'GET', headers: {} },
  { path: '/x', method: 'GET', headers: { cookie: 'a=b; role=analyst' } },
  { path: '/x', method: 'GET', headers: { cookie: 'role=other' } },
  { path: '/v1/items', method: 'GET', headers: { 'x-request-id': 'mine' } },
  { path: '/v1/q?utm_source=mail&b=2', method: 'GET', headers: { 'x-query': 'on' } },
  { path: '/v1/q', method: 'GET', headers: { 'x-query': 'on', 'x-tag': 'a' } },
  { path: '/v1/items', method: 'DELETE', headers: { via: '1.1 before' } },
  { path: '/v1/missing?k=v', method: 'GET', headers: { 'x-in': 'a', cookie: 'k=v' } },
  { path: '/v1/missing?k=other', method: 'GET', headers: { 'x-in': 'b', cookie: 'k=w' } },
  { path: '/v1/missing', method: 'DELETE', headers: {} },
  { path: '/other/missing?k=v', method: 'GET', headers: { host: 'SHOP.test', 'x-in': 'a', cookie: 'k=v' } },
  { path: '/v1/through', method: 'GET', headers: { 'x-forwarded-for': '9.9.9.9', via: '1.1 before' } },
  { path: '/v1/through', method: 'GET', headers: { forwarded: 'for=9.9.9.9;proto=https' } },
  { path: '/v1/a', method: 'GET', headers: { 'x-forwarded-for': '9.9.9.9, 8.8.8.8', via: '1.1 one, 1.1 two' } },
  { path: '/v1/a', method: 'GET', headers: { 'x-plain': 'on', 'x-forwarded-for': '9.9.9.9', 'x-request-id': 'mine' } },
  { path: '/v1/a', method: 'GET', headers: { 'x-to': 'other' } },
  { path: '/v1/a', method: 'GET', headers: { 'x-to': 'other', host: 'shop.test' } },
  { path: '/v1/a', method: 'POST', headers: { 'x-who': '1', cookie: 'user=ann' } },
  { path: '/v1/a', method: 'POST', headers: { 'x-who': '1' } },
  { path: '/v1/spaces?a=1', method: 'POST', headers: {} },
  { path: '/x?q=a%20b', method: 'GET', headers: {} },
  { path: '/x?z=1&q=a+b', method: 'GET', headers: {} },
  { path: '/x?q=%C3%A9t%c3%a9', method: 'GET', headers: {} },
  { path: '/x?e=', method: 'GET', headers: {} },
  { path: '/x?e&f=1', method: 'GET', headers: {} },
  { path: '/v1/items', method: 'GET', headers: { accept: 'text/html, application/json', 'x-also': 'on' } },
  { path: '/maintenance', method: 'POST', headers: { 'x-query': 'on' } },
]).flat();

/** What a peer is known to do otherwise. */
const UNMAPPED: Record<PeerName, string[]> = {
  nginx: [],
  haproxy: [],
  caddy: ['Query', 'Errors', ...MISSING.map(([name]) => `Missing by ${name}`)],
};

async function startBackends(): Promise<Record<'a' | 'b' | 'next', Backend>> {
  const [a, b, next] = await Promise.all([
    startBackend('a', tellRequest('a')),
    startBackend('b', tellRequest('b')),
    startBackend('next', tellRequest('next')),
  ]);
  closing.push(
    () => a.close(),
    () => b.close(),
    () => next.close(),
  );
  return { a, b, next };
}

async function sendAll(port: number, host: string): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (const { path, method, headers } of REQUESTS)
    replies.push(await send(`127.0.0.1:${port}`, path, { method, headers: { host, ...headers } }));
  return replies;
}

/** Names of the rules of which the export says that something is not mapped; nothing else may be. */
function rulesAt({ rules }: Config, doubts: readonly { path: string }[]): string[] {
  return [...new Set(doubts.map(({ path }) => rules[Number(/^rules\[(\d+)\]/.exec(path)?.[1])]?.name ?? path))];
}

function without(config: Config, names: readonly string[]): Config {
  return { ...config, rules: config.rules.filter(({ name }) => !names.includes(name)) };
}

/** Of each connection, or made anew each time. */
const PER_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date', 'server', 'vary'];

function atBackend(reply: Reply): Seen | null {
  if (!reply.text.startsWith('{"backend"')) return null;
  const { backend, method, url, headers } = JSON.parse(reply.text) as Seen;
  const kept = Object.entries(headers).filter(([name]) => !PER_HOP.includes(name));
  const comparable = kept.map(([name, value]) => [name, name === 'x-request-id' && value !== 'mine' ? 'made' : value]);
  return {
    backend: backend === 'next' ? backend : 'a or b',
    method,
    url,
    headers: Object.fromEntries(comparable.toSorted()),
  };
}

/** Pages that a proxy makes by itself have texts of their own; of a redirect the place counts. */
const OWN_PAGES: Readonly<Record<number, readonly string[]>> = { 404: [], 308: ['location'] };

function atClient({ status, headers, text }: Reply) {
  const compared = OWN_PAGES[status];
  const kept = Object.entries(headers).filter(
    ([name]) => !PER_HOP.includes(name) && !name.startsWith('x-switchyard') && (compared?.includes(name) ?? true),
  );
  return {
    status,
    text: text.startsWith('{"backend"') || compared ? '' : text,
    headers: Object.fromEntries(kept.toSorted()),
  };
}

function sharesOf(replies: readonly Reply[]): Record<string, number> {
  const shares: Record<string, number> = {};
  for (const { text } of replies) {
    const name = /^\{"backend":"(\w+)"/.exec(text)?.[1];
    if (name) shares[name] = (shares[name] ?? 0) + 1;
  }
  return shares;
}

describe.each(['nginx', 'haproxy', 'caddy'] as const)('%s with the exported file', (peer) => {
  it('does to 200 requests what Switchyard does to them', async () => {
    const { a, b, next } = await startBackends();
    const [own, other] = [await freePort(), await freePort()];
    const ports = { a: a.port, b: b.port, next: next.port };
    const theirConfig = comparedConfig({ gateway: other, ...ports });
    const exported = exportConfig(theirConfig, peer);
    const refused = rulesAt(theirConfig, exported.unmapped);
    expect(refused.toSorted()).toEqual(UNMAPPED[peer].toSorted());
    const engine = await Engine.create({ capture: false, version: 'test' });
    closing.push(() => engine.close(0));
    await engine.apply(without(comparedConfig({ gateway: own, ...ports }), refused), { baseDir: '.' });
    const running = await startPeer(peer, exported.text, other);
    closing.push(() => running.stop());

    const ours = await sendAll(own, 'api.test');
    const theirs = await sendAll(other, 'api.test');

    expect(theirs.map(atClient)).toEqual(ours.map(atClient));
    expect(theirs.map(atBackend)).toEqual(ours.map(atBackend));
    const [left, right] = [sharesOf(ours), sharesOf(theirs)];
    expect(right.next).toBe(left.next);
    expect(Math.abs((right.b ?? 0) - (left.b ?? 0))).toBeLessThanOrEqual(2);
  });
});
