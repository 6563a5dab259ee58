/** Where an exchange goes once its route is found and the request rules have acted: to a pool, to another origin, or no further. */

import { wireText } from '../contract/wire-text.ts';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import { isGrpcCall } from '../grpc/call.ts';
import type { CompiledRoute } from '../match/router.ts';
import type { ProxyContext, Snapshot } from '../proxy-context.ts';
import type { Answer } from '../rules/answer.ts';
import type { AbortMode, OriginOverride, RequestEffects } from '../rules/effects.ts';
import type { OriginFacts } from '../upstream/origins.ts';
import { hopThrough, loopThrough } from '../upstream/upstream-proxy.ts';
import type { Upstream } from './attempt-series.ts';

export type Decision =
  | ({ kind: 'upstream' } & Upstream)
  | { kind: 'answer'; answer: Answer }
  | { kind: 'abort'; mode: AbortMode }
  | { kind: 'fail'; error: ProxyError };

/** What is decided from: the exchange and the config that it started with. */
export interface DecisionInput {
  exchange: LiveExchange;
  snapshot: Snapshot;
  context: ProxyContext;
}

/** Rules come before the route; a forward exchange that neither says anything about goes where its client asked. */
export function decide(route: CompiledRoute | null, effects: RequestEffects | null, input: DecisionInput): Decision {
  const { exchange } = input;
  if (effects?.abort) return { kind: 'abort', mode: effects.abort };
  if (effects?.answer) return { kind: 'answer', answer: effects.answer };
  if (effects?.pool) return toPool(effects.pool, effects.backend?.backend ?? null, input);
  if (effects?.origin) return toOrigin(effects.origin, 'set by a rule', input);
  const to = route?.to;
  if (to?.kind === 'answer') return { kind: 'answer', answer: to.answer(exchange) };
  if (to?.kind === 'original') return toOriginal(input);
  if (exchange.pool !== undefined) return toPool(exchange.pool, null, input);
  if (exchange.forward) return toOriginal(input);
  return fail(new ProxyError('NO_ROUTE', `no route holds for ${exchange.method} ${exchange.url}`));
}

/** To a pool of the config, which the exchange notes; `backendName` null: its policy picks. `why` that backend: null: a rule says so. */
export function toPool(
  name: string,
  backendName: string | null,
  { exchange, snapshot }: DecisionInput,
  why: string | null = null,
): Decision {
  exchange.pool = name;
  const pool = snapshot.pools.get(name);
  const lane = snapshot.lanes.get(name);
  if (!pool || !lane) return fail(new ProxyError('NO_BACKEND', `there is no pool ${name}`));
  if (backendName === null) return { kind: 'upstream', pool, lane, only: null, why: null };
  const only = pool.backends.find((backend) => backend.name === backendName);
  // Another config may run by now than the one that its name was looked up in.
  if (!only) return fail(new ProxyError('NO_BACKEND', `pool ${name} has no backend ${backendName}`));
  return { kind: 'upstream', pool, lane, only, why };
}

function toOriginal(input: DecisionInput): Decision {
  const { host, port, outgoing, destination, protocol } = input.exchange;
  if (host === '') return fail(new ProxyError('BAD_REQUEST', 'the request names no host to send it to'));
  const { scheme } = outgoing;
  const why = 'the client asked for it';
  if (!destination) return toOrigin({ scheme, host, port }, why, input);
  const clearHttp2 = scheme === 'http' && protocol === 'HTTP/2';
  return toOrigin({ scheme, ...destination, serverName: host, clearHttp2 }, why, input);
}

function toOrigin(
  origin: OriginOverride & OriginFacts,
  why: string,
  { exchange, snapshot, context }: DecisionInput,
): Decision {
  if (!isName(origin.host)) return fail(new ProxyError('BAD_REQUEST', `no host has the name ${wireText(origin.host)}`));
  const proxy = snapshot.upstreamProxies.choose(exchange);
  const error = proxy && loopThrough(proxy, exchange, context);
  if (error) return fail(error);
  const { outgoing } = exchange;
  // gRPC cannot be said over HTTP/1.1 at all.
  const clearHttp2 = origin.clearHttp2 ?? (origin.scheme === 'http' && isGrpcCall(exchange));
  // Neither can be said to a proxy that passes requests on: it needs a tunnel.
  const switches = exchange.switches || clearHttp2;
  const hop = proxy && hopThrough(proxy, origin, { authority: outgoing.authority, switches, via: context.via });
  const ofForward = exchange.forward;
  const isOwn = ofForward && !hop && context.isOwnAddress(origin.host, origin.port, false);
  return {
    kind: 'upstream',
    ...context.origins.find({ ...origin, clearHttp2, ofForward, isOwn }, hop),
    only: null,
    why,
  };
}

/** Whoever looks it up would read `loc%61lhost`, and what is beyond ASCII, as another name than rules have seen. */
function isName(host: string): boolean {
  if (/[%\x80-\uffff]/.test(host)) return false;
  // `999.1.1.1`: what ends in a number is an address, or none.
  return !/(?:^|\.)\d+\.?$/.test(host) || host.includes(':') || URL.canParse(`http://${host}`);
}

function fail(error: ProxyError): Decision {
  return { kind: 'fail', error };
}
