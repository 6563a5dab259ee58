/** The example that users meet first, against a real httpbin. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Reply, send } from '../support/backend.ts';
import { startHttpbin } from '../support/httpbin.ts';
import { runSwitchyard, type Switchyard } from '../support/switchyard.ts';

const example = readFileSync(join(import.meta.dirname, '../../examples/header-rewrite.yaml'), 'utf8');
let httpbin: Awaited<ReturnType<typeof startHttpbin>>;
let switchyard: Switchyard;

beforeAll(async () => {
  httpbin = await startHttpbin();
  const config = example.replaceAll('127.0.0.1:8080', '127.0.0.1:0').replace(/\$\{HTTPBIN:-[^}]*\}/, httpbin.url);
  switchyard = await runSwitchyard(config);
});
afterAll(async () => {
  await switchyard?.close();
  await httpbin?.close();
});

interface Echo {
  method: string;
  url: string;
  args: Record<string, string>;
  headers: Record<string, string>;
}
const headers = { 'x-secret-internal': '42', 'user-agent': 'curl/8', 'x-kept': 'yes' };
const ask = (path: string): Promise<Reply> => send(switchyard.listeners.gateway ?? '', path, { headers });
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('the backend gets the rewritten request', async () => {
  const echo = JSON.parse((await ask('/api/users?page=2&show_env=1')).text) as Echo;
  expect(new URL(echo.url).pathname).toBe('/anything/users');
  expect(echo.args).toMatchObject({ page: '2' });
  expect(echo.headers).toMatchObject({
    'X-Proxy-Added': 'switchyard',
    'User-Agent': 'Switchyard/1.0',
    'X-Kept': 'yes',
  });
  expect(echo.headers).not.toHaveProperty('X-Secret-Internal');
  expect(echo.headers['X-Request-Id']).toMatch(UUID);
});

test('every request has an id of its own', async () => {
  const ids = await Promise.all(
    [1, 2, 3].map(async () => (JSON.parse((await ask('/api/a?show_env=1')).text) as Echo).headers['X-Request-Id']),
  );
  expect(new Set(ids).size).toBe(3);
});

test('the client gets the rewritten response', async () => {
  const { status, headers: answered } = await ask('/api/users');
  expect(status).toBe(200);
  expect(answered['x-proxy']).toBe('switchyard');
  expect(answered).not.toHaveProperty('server');
});

test('elsewhere nothing is changed', async () => {
  const { text, headers: answered } = await ask('/anything/elsewhere');
  const echo = JSON.parse(text) as Echo;
  expect(echo.headers).toMatchObject({ 'X-Secret-Internal': '42', 'User-Agent': 'curl/8' });
  expect(echo.headers).not.toHaveProperty('X-Proxy-Added');
  expect(answered).not.toHaveProperty('x-proxy');
  expect(answered.server).toMatch(/Werkzeug|gunicorn|Python/i);
});
