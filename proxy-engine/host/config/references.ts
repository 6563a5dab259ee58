/**
 * Names that point at nothing, names given twice, and other things that no part of the document shows by itself.
 * Looks at documents that may have other mistakes, so that all are told at once: what is not of the expected shape is skipped.
 */
import { backendName } from '../../balancer/backend-name.ts';
import type { ConfigIssue } from '../../contract/config-issue.ts';
import { nearest } from '../../contract/expression/nearest-word.ts';
import { isLoopback, splitAddress } from '../../downstream/address.ts';
import { networkProblem } from '../../downstream/networks.ts';
import { hasKey, isRecord, listOf, mapOf, textOf } from './looking-in.ts';
import type { Path } from './path.ts';
import { type ConfigSource, issueAt, positionOf } from './source.ts';

/** A source with its environment variables filled in. */
export interface Part {
  source: ConfigSource;
  value: unknown;
}

export function checkReferences(parts: readonly Part[]): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const seen: Seen = { pools: new Map(), routes: new Map(), rules: new Map() };
  const known = { pools: namesOf(parts, 'pools'), listeners: namesOf(parts, 'listeners'), backends: backendsOf(parts) };
  for (const part of parts) {
    const report = (path: Path, message: string, place?: 'key') =>
      issues.push(issueAt(part.source, path, message, place));
    checkDuplicates(part, seen, report);
    checkListeners(part.value, report);
    checkRoutes(part.value, known, report);
    checkRules(part.value, known, report);
  }
  return issues;
}

type Report = (path: Path, message: string, place?: 'key') => void;

interface Known {
  pools: ReadonlySet<string>;
  listeners: ReadonlySet<string>;
  /** `POOL/NAME` */
  backends: ReadonlySet<string>;
}

// ── duplicates ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Where each name stands first. */
type Seen = Record<'pools' | 'routes' | 'rules', Map<string, { source: ConfigSource; path: Path }>>;

function checkDuplicates({ source, value }: Part, seen: Seen, report: Report): void {
  const check = (kind: keyof Seen, name: string, path: Path, place?: 'key'): void => {
    const first = seen[kind].get(name);
    if (!first) return void seen[kind].set(name, { source, path });
    const { line } = positionOf(first.source, first.path, place);
    const where = first.source === source ? `line ${line}` : `${first.source.file ?? 'the document'}:${line}`;
    report(path, `duplicate name ${JSON.stringify(name)}; ${where} has it already`, place);
  };
  for (const kind of ['routes', 'rules'] as const)
    for (const [index, item] of listOf(value, kind).entries()) {
      const name = textOf(item, 'name');
      if (name !== undefined) check(kind, name, [kind, index, 'name']);
    }
  for (const name of Object.keys(mapOf(value, 'pools'))) check('pools', name, ['pools', name], 'key');
  for (const [pool, config] of Object.entries(mapOf(value, 'pools'))) checkBackendNames(pool, config, report);
}

function checkBackendNames(pool: string, config: unknown, report: Report): void {
  const names = new Set<string>();
  for (const [index, backend] of listOf(config, 'backends').entries()) {
    const name = nameOf(backend);
    if (name !== undefined && isSecond(names, name))
      report(
        ['pools', pool, 'backends', index, textOf(backend, 'name') === undefined ? 'url' : 'name'],
        `duplicate name ${JSON.stringify(name)}; names of backends are unique within a pool`,
      );
  }
}

function isSecond(names: Set<string>, name: string): boolean {
  if (names.has(name)) return true;
  names.add(name);
  return false;
}

// ── listeners ────────────────────────────────────────────────────────────────────────────────────────────────────────

function checkListeners(value: unknown, report: Report): void {
  const addresses = new Map<string, string>();
  const listeners = mapOf(value, 'listeners');
  for (const name of Object.keys(listeners)) {
    const listener = mapOf(listeners, name);
    checkTrust(listener, name, report);
    checkTls(listener, name, report);
    const address = textOf(listener, 'address');
    if (address === undefined || !/.:\d+$/.test(address)) continue; // the schema tells what is missing
    const { host, port } = splitAddress(address);
    const path = ['listeners', name, 'address'];
    if (port > 65_535) report(path, `expected a port from 0 to 65535, found ${port}`);
    if (!isLoopback(host) && listener['allowRemote'] !== true)
      report(
        path,
        `${host} is not loopback; other machines could use the proxy. Set allowRemote: true if that is meant`,
      );
    const other = addresses.get(address);
    if (other !== undefined && port !== 0) report(path, `listener ${other} has the address ${address} already`);
    else addresses.set(address, name);
  }
}

function checkTls(listener: Record<string, unknown>, name: string, report: Report): void {
  const tls = mapOf(listener, 'tls');
  const client = mapOf(tls, 'client');
  const at: Path = ['listeners', name, 'tls'];
  if (isRecord(listener['tls']) && tls['local'] !== true && listOf(tls, 'certificates').length === 0)
    report(at, 'the listener has no certificate: give tls.certificates, or tls.local: true');
  if (client['mode'] === 'require' && !hasKey(client, 'ca'))
    report([...at, 'client', 'ca'], 'missing: the file of the authorities whose certificates clients must have');
}

/** Whose headers are believed. */
function checkTrust(listener: Record<string, unknown>, name: string, report: Report): void {
  const networks = listOf(listener, 'trustedProxies');
  for (const [index, network] of networks.entries()) {
    const problem = typeof network === 'string' ? networkProblem(network) : null;
    if (problem !== null) report(['listeners', name, 'trustedProxies', index], problem);
  }
  if (listener['proxyProtocol'] === true && networks.length === 0)
    report(
      ['listeners', name, 'proxyProtocol'],
      'nobody would be believed; name the balancers in trustedProxies, such as 127.0.0.1',
    );
}

// ── routes and rules ─────────────────────────────────────────────────────────────────────────────────────────────────

function checkRoutes(value: unknown, known: Known, report: Report): void {
  for (const [index, route] of listOf(value, 'routes').entries()) {
    const at: Path = ['routes', index];
    checkName('pool', known.pools, textOf(route, 'pool'), [...at, 'pool'], report);
    checkName('pool', known.pools, textOf(mapOf(route, 'mirror'), 'pool'), [...at, 'mirror', 'pool'], report);
    for (const [item, part] of listOf(route, 'split').entries())
      checkName('pool', known.pools, textOf(part, 'pool'), [...at, 'split', item, 'pool'], report);
    for (const [item, listener] of listOf(route, 'listeners').entries())
      if (typeof listener === 'string')
        checkName('listener', known.listeners, listener, [...at, 'listeners', item], report);
  }
}

function checkRules(value: unknown, known: Known, report: Report): void {
  for (const [index, rule] of listOf(value, 'rules').entries())
    for (const [item, action] of listOf(rule, 'request').entries()) {
      const at: Path = ['rules', index, 'request', item];
      checkName('pool', known.pools, textOf(action, 'pool'), [...at, 'pool'], report);
      const backend = textOf(action, 'backend');
      if (backend?.includes('/')) checkName('backend', known.backends, backend, [...at, 'backend'], report);
    }
}

function checkName(
  what: string,
  known: ReadonlySet<string>,
  name: string | undefined,
  path: Path,
  report: Report,
): void {
  if (name === undefined || known.has(name)) return;
  const meant = nearest(name, [...known]);
  const hint =
    meant !== undefined
      ? `; did you mean ${meant}?`
      : known.size > 0
        ? `; there are ${[...known].slice(0, 8).join(', ')}`
        : '';
  report(path, `no ${what} is called ${JSON.stringify(name)}${hint}`);
}

function namesOf(parts: readonly Part[], kind: 'pools' | 'listeners'): ReadonlySet<string> {
  return new Set(parts.flatMap((part) => Object.keys(mapOf(part.value, kind))));
}

function backendsOf(parts: readonly Part[]): ReadonlySet<string> {
  const pools = parts.flatMap((part) => Object.entries(mapOf(part.value, 'pools')));
  return new Set(
    pools.flatMap(([pool, config]) => {
      const names = listOf(config, 'backends').map(nameOf);
      return names.flatMap((name) => (name === undefined ? [] : [`${pool}/${name}`]));
    }),
  );
}

/** undefined: it has no name, and nothing that could be one. */
function nameOf(backend: unknown): string | undefined {
  const name = textOf(backend, 'name');
  const url = textOf(backend, 'url');
  return url === undefined || !URL.canParse(url) ? name : backendName({ name, url });
}
