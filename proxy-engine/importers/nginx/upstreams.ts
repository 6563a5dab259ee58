/** `upstream` blocks as pools. */
import type { Draft, DraftPool } from '../draft.ts';
import type { Ledger } from './ledger.ts';
import { type Directive, durationOf, whereOf } from './syntax.ts';

type Backend = NonNullable<DraftPool['backends']>[number];

/** The pools' names, one for each scheme, by `scheme://upstream`; null: it has no backend. */
export function readUpstreams(
  upstreams: readonly Directive[],
  schemes: ReadonlyMap<string, ReadonlySet<string>>,
  draft: Draft,
  ledger: Ledger,
): Map<string, string | null> {
  const names = new Map<string, string | null>();
  for (const upstream of upstreams) {
    const [wanted = 'upstream'] = upstream.words;
    // nginx finds them in any case.
    for (const scheme of schemes.get(wanted.toLowerCase()) ?? ['http']) {
      const pool = readUpstream(upstream, scheme.endsWith('s') ? 'https' : 'http', ledger);
      names.set(`${scheme}://${wanted.toLowerCase()}`, pool && draft.addPool(whereOf(upstream), wanted, pool));
    }
  }
  return names;
}

function readUpstream(upstream: Directive, scheme: string, ledger: Ledger): DraftPool | null {
  const backends: Backend[] = [];
  const pool: DraftPool = { preserveHost: false };
  ledger.settle(upstream);
  for (const directive of upstream.block ?? []) {
    if (directive.name === 'server') {
      const backend = readServer(directive, scheme, pool, ledger);
      if (backend) backends.push(backend);
    } else if (applyPolicy(directive, pool) || QUIET.has(directive.name)) settlePolicy(directive, ledger);
    else ledger.refuse(directive, 'it has no counterpart in a pool');
  }
  noteShared(upstream, ledger);
  if (backends.length > 0) return { ...pool, backends: withWeights(backends, upstream, ledger) };
  ledger.refuse(upstream, 'it has no server that could be a backend');
  return null;
}

const HEAVIEST = 256;

/** Shares stay; where they are finer than weights here can be, nearly. What is no weight is told by the schema. */
function withWeights(backends: readonly Backend[], upstream: Directive, ledger: Ledger): Backend[] {
  const weights = backends.map(({ weight = 1 }) => weight);
  const isLeft = weights.some((weight) => !Number.isInteger(weight) || weight < 1) || Math.max(...weights) <= HEAVIEST;
  if (isLeft) return [...backends];
  const common = weights.reduce(commonDivisor);
  const most = Math.max(...weights) / common;
  if (most > HEAVIEST) ledger.approximate(upstream, `weights go up to ${HEAVIEST} here: shares are nearly the same`);
  const by = common * Math.max(1, most / HEAVIEST);
  return backends.map((backend, i) => ({ ...backend, weight: Math.max(1, Math.round((weights[i] ?? 1) / by)) }));
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** Failures and connections are counted alike for all backends of a pool here. */
function noteShared({ block = [] }: Directive, ledger: Ledger): void {
  const servers = block.filter(({ name, words }) => name === 'server' && !words.includes('down'));
  for (const key of ['max_fails', 'fail_timeout', 'max_conns']) {
    const said = servers.map(({ words }) => words.find((word) => word.startsWith(`${key}=`)));
    const own = servers.find((_, i) => said[i] !== undefined);
    if (own && new Set(said).size > 1)
      ledger.approximate(own, `${key} belongs to the pool here: what the last server says of it holds for all`);
  }
}

/** Nothing to say about: memory and connections kept are managed here. */
const QUIET = new Set(['zone', 'keepalive', 'keepalive_timeout', 'keepalive_requests', 'keepalive_time']);

function applyPolicy({ name, words }: Directive, pool: DraftPool): boolean {
  switch (name) {
    case 'least_conn':
      pool.policy = 'least_request';
      return true;
    case 'ip_hash':
      pool.policy = 'ip_hash';
      return true;
    case 'random':
      pool.policy = words.length === 0 ? 'random' : 'least_request';
      return words.length === 0 || /^two( least_conn)?$/.test(words.join(' '));
    case 'hash': {
      const hash = hashOf(words[0] ?? '');
      if (!hash) return false;
      pool.policy = 'ketama';
      pool.hash = hash;
      return true;
    }
    default:
      return false;
  }
}

function settlePolicy(directive: Directive, ledger: Ledger): void {
  const { name, words } = directive;
  if (name === 'hash' && words[1] !== 'consistent')
    ledger.approximate(directive, 'with a ring of hashes: other keys go to other backends than in nginx, each to one');
  else if (name === 'random' && words.length > 0)
    ledger.approximate(directive, 'the one of all that has the fewest requests, not of two');
  else ledger.settle(directive);
}

function hashOf(key: string): DraftPool['hash'] {
  const [, kind, name = ''] = /^\$(http|cookie|arg)_(\w+)$/.exec(key) ?? [];
  if (kind === 'http') return { on: 'header', name: name.replaceAll('_', '-') };
  if (kind === 'cookie') return { on: 'cookie', name };
  if (kind === 'arg') return { on: 'query', name };
  if (key === '$request_uri') return { on: 'uri' };
  if (key === '$uri') return { on: 'path' };
  return key === '$remote_addr' || key === '$binary_remote_addr' ? { on: 'client_ip' } : undefined;
}

function readServer(directive: Directive, scheme: string, pool: DraftPool, ledger: Ledger): Backend | null {
  const [address = '', ...options] = directive.words;
  if (address.startsWith('unix:')) {
    ledger.refuse(directive, 'a backend has an address and a port, not a socket file');
    return null;
  }
  ledger.settle(directive);
  // Without a port nginx connects to 80, also over TLS.
  const backend: Backend = { url: `${scheme}://${/:\d+$/.test(address) ? address : `${address}:80`}` };
  for (const option of options)
    if (!applyOption(option, backend, pool)) ledger.approximate(directive, `${option} has no counterpart in a backend`);
  return backend;
}

function applyOption(option: string, backend: Backend, pool: DraftPool): boolean {
  const [key = '', value = ''] = option.split('=');
  switch (key) {
    case 'weight':
      backend.weight = Number(value);
      return true;
    case 'backup':
      backend.backup = true;
      return true;
    case 'down':
      backend.state = 'maint';
      return true;
    case 'max_fails':
      pool.ejection = value === '0' ? false : { ...pool.ejection, consecutiveFailures: Number(value) };
      return true;
    case 'fail_timeout': {
      const baseTime = durationOf(value);
      if (pool.ejection !== false && baseTime !== undefined) pool.ejection = { ...pool.ejection, baseTime };
      return true;
    }
    case 'max_conns':
      pool.connections = { ...pool.connections, perBackend: Number(value) };
      return true;
    default:
      return false;
  }
}
