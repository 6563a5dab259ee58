/** The test bench: what a typed request would meet in routes and rules. Pure: counts nothing, asks no backend, opens no file. */
import { join } from 'node:path';
import type { Backend } from '../balancer/backend.ts';
import type { ParsedInput, RuleTest } from '../contract/api.ts';
import type { Config } from '../contract/config.ts';
import type { HeaderLines, RequestHead } from '../contract/exchange.ts';
import { isErrorCode, ProxyError } from '../errors.ts';
import { LiveAttempt, LiveExchange } from '../exchange.ts';
import { Headers } from '../http/headers.ts';
import { reasonOf } from '../http/own-answer.ts';
import { type CompiledRoute, compileRoutes, enterRoute } from '../match/router.ts';
import { toWire } from '../match/wire-text.ts';
import { writtenUrl } from '../replay/compose-request.ts';
import { forwardedHeaders } from '../upstream/forward-headers.ts';
import { ORIGIN_POOL } from '../upstream/origins.ts';
import type { Answer } from './answer.ts';
import { parseAuthority } from './authority.ts';
import type { RequestEffects } from './effects.ts';
import { headSteps } from './head-steps.ts';
import { compileRules, type RuleSet } from './rule-set.ts';

export type RuleTestInput = ParsedInput<'rule.test'>;
type TypedAnswer = NonNullable<RuleTestInput['response']>;

export interface RuleTestOptions {
  /** Directory to which relative paths of the config are relative. */
  baseDir: string;
  /** Backends of a running pool that may get the exchange: one when the request alone decides, or a rule names it (`only`). */
  candidates(
    this: void,
    pool: string,
    exchange: LiveExchange,
    only?: string,
  ): readonly Pick<Backend, 'name' | 'address'>[];
}

/** Runs `input` through the routes and rules of `config`. A URL without an origin is for `localhost`. */
export function testRules(config: Config, input: RuleTestInput, { baseDir, candidates }: RuleTestOptions): RuleTest {
  const router = compileRoutes(config, { baseDir });
  const rules = compileRules(config, { baseDir });
  const exchange = exchangeOf(config, input);
  const before = headOf(exchange);
  const routes = router.explain(exchange);
  const route = router.peek(exchange);
  if (route) enterRoute(exchange, route);
  const effects = rules.applyRequest(exchange);
  const ofRoute = effects?.pool || effects?.origin || route?.to.kind !== 'answer' ? null : route.to.answer(exchange);
  const answer = effects?.answer ?? ofRoute;
  const to = destination(exchange, route, effects);
  const backends = to.pool === undefined ? [] : candidates(to.pool, exchange, to.backend);
  const split = splitOf(exchange, { to, route, effects }, candidates);
  const test: RuleTest = {
    ...(split ? { route: to.route, split } : withCandidates(to, backends)),
    ...localFilesOf(exchange, effects),
    routes,
    rules: [],
    request: { before, after: headOf(exchange) },
    steps: [],
  };
  const response = runResponse(exchange, rules, withBackend(input, test), effects?.abort ? null : answer);
  if (response) test.response = response;
  if (answer) test.answer = { status: answer.status, headers: answer.headers.lines() };
  test.steps = headSteps({
    rules: exchange.traces ?? [],
    values: exchange.traceValues ?? [],
    snapshots: exchange.snapshots ?? [],
    request: { came: before, went: sentHead(exchange, config, to, backends) },
    response: { came: answer ? undefined : response?.before, went: undefined },
  });
  // Both were compiled for this one request, so what was counted is what held.
  test.rules = rules.state().map(({ name, hits }) => ({ name, held: hits > 0 }));
  return test;
}

function withCandidates(to: Destination, backends: readonly { name: string }[]): Destination {
  if (to.pool === undefined || to.backend !== undefined) return to;
  const names = backends.map(({ name }) => name);
  return { ...to, candidates: names, ...(names.length === 1 && { backend: names[0] }) };
}

/** As the backend would get it: that of several that may is the first. */
function sentHead(
  exchange: LiveExchange,
  { pools }: Config,
  { pool, origin }: Destination,
  backends: readonly Pick<Backend, 'name' | 'address'>[],
): RequestHead | undefined {
  const config = origin === undefined ? pools[pool ?? ''] : ORIGIN_POOL;
  const backendAddress = origin === undefined ? backends[0]?.address : authorityOf(origin);
  if (!config || backendAddress === undefined) return undefined;
  const { forwarded, preserveHost } = config;
  const headers = forwardedHeaders(exchange, { config: forwarded, preserveHost, backendAddress });
  return { ...headOf(exchange), headers: headers.lines() };
}

type Destination = Pick<RuleTest, 'route' | 'pool' | 'origin' | 'backend' | 'candidates'>;

function destination(exchange: LiveExchange, route: CompiledRoute | null, effects: RequestEffects | null): Destination {
  const isAnswered = effects?.answer || effects?.abort || endsAtFile(exchange, effects);
  const pool = isAnswered || effects?.origin ? undefined : exchange.pool;
  const origin = isAnswered || pool !== undefined ? null : originOf(exchange, route, effects);
  return {
    ...(route && { route: route.name }),
    ...(pool !== undefined && { pool }),
    ...(origin && { origin }),
    ...(effects?.backend && pool !== undefined && { backend: effects.backend.backend }),
  };
}

function originOf(exchange: LiveExchange, route: CompiledRoute | null, effects: RequestEffects | null): string | null {
  const isOriginal = route ? route.to.kind === 'original' : exchange.forward;
  const { host, port } = effects?.origin ?? exchange;
  const { scheme } = effects?.origin ?? exchange.outgoing;
  return effects?.origin || isOriginal ? `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}` : null;
}

/** undefined: the request alone decides about the pool, or a rule does. */
function splitOf(
  exchange: LiveExchange,
  { to, route, effects }: { to: Destination; route: CompiledRoute | null; effects: RequestEffects | null },
  candidates: RuleTestOptions['candidates'],
): RuleTest['split'] {
  const isChosen = to.pool === undefined || (effects && (effects.pool !== null || effects.backend !== null));
  if (isChosen || route?.to.kind !== 'split' || !route.to.takesTurns(exchange)) return undefined;
  const shares = route.to.shares.filter(({ weight }) => weight > 0);
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  if (shares.length < 2) return undefined;
  return shares.map(({ pool, weight }) => ({
    pool,
    share: weight / total,
    candidates: candidates(pool, exchange).map(({ name }) => name),
  }));
}

/** The files that are looked for: as `carryOutRequest` does, for GET and HEAD alone. */
function localSources({ method }: LiveExchange, effects: RequestEffects | null): RequestEffects['local'] {
  return effects && (method === 'GET' || method === 'HEAD') ? effects.local : [];
}

function localFilesOf(exchange: LiveExchange, effects: RequestEffects | null): Pick<RuleTest, 'localFiles'> {
  const files = localSources(exchange, effects).map((source) =>
    source.kind === 'file' ? source.path : join(source.root, source.path),
  );
  return files.length > 0 ? { localFiles: files } : {};
}

/** No backend is asked, be the file there or not. */
function endsAtFile(exchange: LiveExchange, effects: RequestEffects | null): boolean {
  return localSources(exchange, effects).some((source) => source.kind === 'file' || source.missing === 404);
}

/** Rules on the response know the backend; an origin goes by its authority. */
function withBackend(input: RuleTestInput, { backend, origin }: RuleTest): RuleTestInput {
  const known = origin === undefined ? backend : authorityOf(origin);
  return input.response ? { ...input, response: { backend: known, ...input.response } } : input;
}

function authorityOf(origin: string): string {
  return origin.slice(origin.indexOf('://') + 3);
}

function runResponse(
  exchange: LiveExchange,
  rules: RuleSet,
  input: RuleTestInput,
  answer: Answer | null,
): RuleTest['response'] {
  const typed = input.response && { status: input.response.status, headers: wireHeaders(input.response.headers) };
  const given = answer ?? typed;
  if (!given) return undefined;
  if (answer === null && input.response) enterAttempts(exchange, input.response);
  const head = { status: given.status, reason: reasonOf(given.status), headers: given.headers.clone() };
  exchange.mocked = answer !== null || exchange.error !== null;
  exchange.answered = head;
  if (answer === null) exchange.response = { ...head, ...NO_BODY, upgrade: null };
  const before = responseHeadOf(exchange.answered);
  rules.applyResponse(exchange);
  return { before, after: responseHeadOf(exchange.answered) };
}

/** What is known of the attempts when their answer is there. */
function enterAttempts(exchange: LiveExchange, { backend, attempts, ttfbMs = -1, error = '' }: TypedAnswer): void {
  exchange.backend = backend;
  exchange.headAt = ttfbMs;
  for (let n = 0; n < attempts; n++) exchange.attempts.push(new LiveAttempt());
  if (isErrorCode(error)) exchange.error = new ProxyError(error, error);
}

function exchangeOf(config: Config, input: RuleTestInput): LiveExchange {
  const { request, clientIp, protocol, listener = Object.keys(config.listeners)[0] ?? '' } = input;
  const absolute = writtenUrl(request.url.startsWith('/') ? `http://localhost${request.url}` : request.url);
  const url = new URL(absolute);
  // What was typed is kept: the URL parser would tidy up the path, the proxy does not.
  const [, pathAndQuery = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^#]*)/i.exec(absolute) ?? [];
  const target = pathAndQuery.startsWith('/') ? pathAndQuery : `/${pathAndQuery}`;
  const headers = wireHeaders(request.headers);
  if (!headers.has('host')) headers.prepend('Host', url.host);
  const authority = headers.get('host') ?? url.host;
  const scheme = url.protocol.slice(0, -1);
  const from = { listener, scheme, protocol, clientIp, clientPort: 0 };
  const { host, port } = parseAuthority(authority) ?? { host: url.hostname, port: null };
  const to = { host, port: port ?? (scheme === 'https' ? 443 : 80), pathAndQuery: target };
  const exchange = new LiveExchange(0, 0, from, requestHead(request.method, target, headers, authority), to);
  exchange.forward = config.listeners[listener]?.mode === 'forward';
  return exchange;
}

function requestHead(method: string, target: string, headers: Headers, authority: string) {
  return {
    method,
    target,
    headers,
    ...NO_BODY,
    authority,
    upgrade: headers.get('upgrade') ?? null,
    expectContinue: false,
  };
}

const NO_BODY = { minor: 1, framing: 'none', contentLength: 0, keepAlive: true, raw: new Uint8Array() } as const;

function wireHeaders(lines: HeaderLines): Headers {
  return Headers.of(lines.map(([name, value]) => [name, toWire(value)]));
}

function headOf({ outgoing }: LiveExchange): RequestHead {
  return { method: outgoing.method, target: outgoing.target, version: 'HTTP/1.1', headers: outgoing.headers.lines() };
}

function responseHeadOf({ status, reason, headers }: NonNullable<LiveExchange['answered']>) {
  return { status, reason, version: 'HTTP/1.1', headers: headers.lines() };
}
