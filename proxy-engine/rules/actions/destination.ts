/** `pool`, `backend`, `mapRemote`: where the exchange goes instead. */
import { portProblem } from '../../contract/pool-config.ts';
import { type Action, type ActionContext } from '../action.ts';
import type { TracedChange } from '../trace.ts';
import { setAuthority } from './request-line.ts';

/** Overrides the route's choice; later rules see it as `pool`. */
export function compilePool(pool: string): Action {
  return {
    kind: 'effect',
    words: [`pool ${pool}`],
    changes: [],
    effect(exchange) {
      exchange.pool = pool;
      return { kind: 'pool', pool };
    },
  };
}

/** `POOL/NAME`. */
export function compileBackend(text: string): Action {
  const slash = text.indexOf('/');
  const pool = text.slice(0, slash);
  const backend = text.slice(slash + 1);
  return {
    kind: 'effect',
    words: [`backend ${text}`],
    changes: [],
    effect(exchange) {
      exchange.pool = pool;
      return { kind: 'backend', pool, backend };
    },
  };
}

export interface MapRemoteConfig {
  url: string;
  preserveHost: boolean;
}

/**
 * Another origin. A path that ends in a slash is put before the request's, any other path replaces it; without one the
 * request's stays. The query stays unless the URL has one.
 */
export function compileMapRemote(config: MapRemoteConfig, context: ActionContext): Action {
  const url = URL.canParse(config.url) ? new URL(config.url) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const problem =
      portProblem(config.url) ?? `expected a URL such as https://api.test, found ${JSON.stringify(config.url)}`;
    context.issue(['mapRemote', 'url'], problem);
    return { kind: 'head', words: [], changes: [], act() {} };
  }
  const unfit = unfitProblem(url);
  if (unfit) context.issue(['mapRemote', 'url'], unfit);
  const scheme = url.protocol.slice(0, -1);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
  return {
    kind: 'effect',
    words: [`map to ${url.origin}`],
    changes: [TARGET_CHANGE, ...(config.preserveHost ? [] : [hostChange(url.host)])],
    effect(exchange) {
      exchange.outgoing.scheme = scheme;
      exchange.outgoing.target = exchange.traceValue(mappedTarget(url, exchange.path, exchange.query));
      if (!config.preserveHost) setAuthority(exchange, url.host);
      exchange.pool = undefined;
      return { kind: 'origin', origin: { scheme, host, port } };
    },
  };
}

/** What a URL may have and no request is sent by. */
function unfitProblem({ username, password, hostname }: URL): string | null {
  if (username !== '' || password !== '')
    return 'user and password of the URL are not sent; take them out, and set the header authorization';
  return hostname.includes('$') ? `the host is a name or an address without variables, found ${hostname}` : null;
}

const TARGET_CHANGE: TracedChange = { op: 'target', name: '', values: null };

function hostChange(host: string): TracedChange {
  return { op: 'authority', name: '', values: [host] };
}

function mappedTarget(url: URL, path: string, query: string): string {
  const mapped =
    url.pathname === '/' ? path : url.pathname.endsWith('/') ? url.pathname + path.replace(/^\//, '') : url.pathname;
  const kept = url.search === '' ? query : url.search.slice(1);
  return kept === '' ? mapped : `${mapped}?${kept}`;
}
