/** `upstream` blocks as pools. */
import type { Draft, DraftPool } from '../draft.ts';
import { type Directive, durationOf } from './syntax.ts';

type Backend = NonNullable<DraftPool['backends']>[number];

/** The pools' names by that of the upstream. */
export function readUpstreams(
  upstreams: readonly Directive[],
  secure: ReadonlySet<string>,
  draft: Draft,
): Map<string, string> {
  const names = new Map<string, string>();
  for (const upstream of upstreams) {
    const [wanted = 'upstream'] = upstream.words;
    const pool = readUpstream(upstream, secure.has(wanted) ? 'https' : 'http', draft);
    if (pool) names.set(wanted, draft.addPool(`line ${upstream.line}`, wanted, pool));
  }
  return names;
}

function readUpstream({ words, block = [], line }: Directive, scheme: string, draft: Draft): DraftPool | null {
  const backends: Backend[] = [];
  const pool: DraftPool = { preserveHost: false };
  for (const directive of block) {
    const at = `line ${directive.line}`;
    if (directive.name === 'server') {
      const backend = readServer(directive, scheme, pool, draft);
      if (backend) backends.push(backend);
    } else if (!applyPolicy(directive, pool) && !QUIET.has(directive.name)) {
      draft.refuse(at, [directive.name, ...directive.words].join(' '), 'it has no counterpart in a pool');
    }
  }
  if (backends.length > 0) return { ...pool, backends };
  draft.refuse(`line ${line}`, `upstream ${words[0] ?? ''}`, 'it has no server that could be a backend');
  return null;
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
      pool.policy = 'random';
      return words.length === 0;
    case 'hash': {
      const hash = hashOf(words[0] ?? '');
      if (!hash || words[1] !== 'consistent') return false;
      pool.policy = 'ketama';
      pool.hash = hash;
      return true;
    }
    default:
      return false;
  }
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

function readServer({ words, line }: Directive, scheme: string, pool: DraftPool, draft: Draft): Backend | null {
  const [address = '', ...options] = words;
  const at = `line ${line}`;
  if (address.startsWith('unix:')) {
    draft.refuse(at, `server ${address}`, 'a backend has an address and a port, not a socket file');
    return null;
  }
  const hasPort = /:\d+$/.test(address);
  const backend: Backend = { url: `${scheme}://${hasPort ? address : `${address}:${scheme === 'https' ? 443 : 80}`}` };
  for (const option of options)
    if (!applyOption(option, backend, pool))
      draft.refuse(at, `server ${address} ${option}`, 'it has no counterpart in a backend');
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
