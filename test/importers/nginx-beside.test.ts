/** Sites as they are in the wild, run by the real nginx and, imported, by Switchyard: what differs is told. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importConfig } from '../../proxy-engine/importers/import.ts';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { portOf, runConfig } from '../support/engine.ts';
import { freePort } from '../support/free-port.ts';
import { type OtherProxy, startNginx } from '../support/other-proxies.ts';
import { APPS } from './nginx-apps.ts';
import { CONDITIONS } from './nginx-conditions.ts';
import { CONSTANTS } from './nginx-constants.ts';
import { CORNERS } from './nginx-corners.ts';
import { DETOURS } from './nginx-detours.ts';
import { GUARDS } from './nginx-guards.ts';
import { LONG } from './nginx-long.ts';
import { SITES, type Site } from './nginx-sites.ts';

const ALL = [...SITES, ...APPS, ...CORNERS, ...GUARDS, ...DETOURS, ...CONSTANTS, ...CONDITIONS, ...LONG];

const files = mkdtempSync(join(tmpdir(), 'nginx-sites-'));
const backends: Backend[] = [];
let nginx: OtherProxy;
const texts = new Map<Site, { text: string; port: number }>();

beforeAll(async () => {
  mkdirSync(join(files, 'dir'));
  for (const name of ['index.html', 'a.txt', '50x.html', 'dir/b.txt'])
    writeFileSync(join(files, name), `file ${name}\n`);
  symlinkSync('a.txt', join(files, 'link.html'));
  writeFileSync(join(files, 'deny.conf'), 'deny all;\n');
  writeFileSync(join(files, 'passwords'), 'ann:{PLAIN}secret\n');
  for (const name of ['a', 'b']) backends.push(await startBackend(name, answer(name)));
  for (const site of ALL) {
    const port = await freePort();
    texts.set(site, {
      port,
      text: filled(`${site.http ?? ''}\nserver { listen 127.0.0.1:${port}; ${site.conf} }`, port),
    });
  }
  nginx = await startNginx([...texts.values()].map(({ text }) => text).join('\n'), 'return 404;');
});
afterAll(async () => {
  await nginx?.close();
  for (const backend of backends) await backend.close();
  rmSync(files, { recursive: true });
});

/** BACK_A, BACK_B: addresses of backends; FILES: a directory; PORT: that of the site. */
function filled(text: string, port: number): string {
  const [a, b] = backends.map(({ port }) => `127.0.0.1:${port}`) as [string, string];
  return text
    .replaceAll('PORT', String(port))
    .replaceAll('BACK_A', a)
    .replaceAll('BACK_B', b)
    .replaceAll('FILES', files);
}

/** Tells what came; `/status/404` and the like answer so. */
function answer(name: string): Parameters<typeof startBackend>[1] {
  return (incoming, response) => {
    incoming.resume();
    const status = Number(/\/status\/(\d+)/.exec(incoming.url ?? '')?.[1] ?? 200);
    const to = incoming.url?.endsWith('/redirect')
      ? { location: `http://${incoming.headers.host}${incoming.url}` }
      : {};
    response.writeHead('location' in to ? 302 : status, { 'x-powered-by': 'php', 'x-inner': '1', ...to });
    const { method, url, headers } = incoming;
    response.end(JSON.stringify({ backend: name, method, url, headers }));
  };
}

const OURS = /^x-(switchyard|forwarded|request-id)/;

/** What clients and backends see of one exchange. */
async function seen(address: string, request: string, headers: Record<string, string> = {}) {
  const [method = 'GET', path = '/'] = request.includes(' ') ? request.split(' ') : ['GET', request];
  const reply = await send(address, path, { method, headers: { host: 'site.test', ...headers } });
  const told = Object.entries(reply.headers).filter(
    ([name]) => /^(x-|location|cache-control|www-auth)/.test(name) && !OURS.test(name),
  );
  // nginx makes paths whole.
  const written = reply.headers.location;
  const location =
    written && new URL(written, `http://site.test${path}`).href.replace(/^http:\/\/site\.test(:\d+)?\//, '/');
  return {
    status: reply.status,
    headers: { ...Object.fromEntries(told), location },
    body: bodyOf(reply.text, reply.status),
  };
}

/** Of pages that nginx or Switchyard makes up themselves only the status counts. */
function bodyOf(text: string, status: number): unknown {
  if (!text.startsWith('{"backend"'))
    return status < 300 || text.startsWith('file ') || text.startsWith('said') ? text : '';
  const { headers, ...rest } = JSON.parse(text) as { headers: Record<string, string> };
  const own = Object.entries(headers).filter(
    ([name]) => /^(host|x-|authorization|cookie)/.test(name) && !OURS.test(name),
  );
  return { ...rest, headers: Object.fromEntries(own) };
}

describe.each(ALL)('$name', (site) => {
  const { requests, differs = [], told = [] } = site;

  it('is served the same, and what is not is told', async () => {
    const { text, port } = texts.get(site) ?? { text: '', port: 0 };
    const { part, items } = importConfig(text, { format: 'nginx' });
    for (const listener of Object.values(part.listeners)) listener.address = '127.0.0.1:0';
    const engine = await runConfig(part, files);
    const address = `127.0.0.1:${portOf(engine, Object.keys(part.listeners)[0] ?? '')}`;
    const results = [];
    for (const request of requests) {
      const [line, headers] = typeof request === 'string' ? [request, {}] : request;
      const [theirs, ours] = [await seen(`127.0.0.1:${port}`, line, headers), await seen(address, line, headers)];
      results.push({ line, theirs, ours });
    }
    await engine.close(0);
    const lines = items
      .filter(({ outcome }) => outcome !== 'mapped')
      .map(({ at, what, why }) => `${at}: ${what}: ${why}`);
    const same = results.filter(({ line }) => !differs.includes(line));
    expect(same.map(({ line, ours }) => [line, ours])).toEqual(same.map(({ line, theirs }) => [line, theirs]));
    // What differs is never more open.
    const opened = results.filter(
      ({ theirs, ours }) =>
        (GUARDS.includes(site) || DETOURS.includes(site)) && theirs.status >= 300 && ours.status < 300,
    );
    expect(opened.map(({ line }) => line)).toEqual([]);
    for (const pattern of told) expect(lines.join('\n')).toMatch(pattern);
    // Every server of several locations has it.
    if (told.length === 0) expect(lines.filter((line) => !/: (paths|hosts): nginx/.test(line))).toEqual([]);
  });
});
