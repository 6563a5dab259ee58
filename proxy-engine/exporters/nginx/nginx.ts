/**
 * nginx: every decision is a map over the request as it came, so that first-match order, any condition and any chain of
 * rules come out the same; one server a listener jumps to one named location a pool or answer.
 */
import { JOINED_LINES, noteBytes, noteLookups } from '../lookups.ts';
import { commentLines } from '../notes.ts';
import { isAtLeast, type Plan, poolNamed } from '../plan.ts';
import { noteAlways } from './always.ts';
import type { Draft, RuleEffects } from './draft.ts';
import { findDestination, ownLocations, poolLocation } from './locations.ts';
import { Maps, powerOfTwo } from './maps.ts';
import { upstreamBlock } from './pools.ts';
import { initialState, type RequestState } from './request-state.ts';
import { writeRoutes } from './routes.ts';
import { noteAmbiguous } from './rule-values.ts';
import { applyToRequests, applyToResponses } from './rules.ts';
import { serverBlock } from './servers.ts';
import { block, shortComments } from './text.ts';

export function exportNginx(plan: Plan): string {
  const maps = new Maps();
  const state = initialState(maps, {
    route: (name) => plan.routes.find((route) => route.name === name)?.id ?? '-',
    pool: (name) => poolNamed(plan, name).id,
  });
  const http: string[] = [];
  const routes = writeRoutes(plan, state, http);
  const effects: RuleEffects = { answers: [], closes: [], zones: [], limits: [] };
  const decided = applyToRequests(plan, state, effects);
  findDestination(plan, state, effects, routes);
  applyToResponses(plan, state, decided);
  noteDifferences(plan, state);
  const draft: Draft = { plan, state, effects, http, locations: [] };
  draft.locations.push(...ownLocations(draft));
  for (const pool of plan.pools) draft.locations.push(poolLocation(draft, pool));
  const upstreams = plan.pools.flatMap((pool) => ['', ...upstreamBlock(plan, state, pool)]);
  // Last: they name the variables that are to be asked first.
  const servers = plan.listeners.flatMap((listener) => serverBlock(draft, listener));
  return assemble(plan, [...preamble(draft), ...http, '', ...maps.lines, ...upstreams, ...servers]);
}

function noteDifferences(plan: Plan, state: RequestState): void {
  noteAmbiguous(plan, state);
  noteBytes(plan, 'nginx', false);
  if (isAtLeast(plan.version, '1.23')) noteLookups(plan, JOINED_LINES);
  noteAlways(plan);
}

function assemble(plan: Plan, http: readonly string[]): string {
  const title = `Made by Switchyard for nginx ${plan.version}. Save it as nginx.conf.`;
  const head = commentLines(plan.notes, title).flatMap(shortComments);
  return `${[...head, '', 'worker_processes auto;', '', 'events {', '    worker_connections 4096;', '}', '', ...block('http', http)].join('\n')}\n`;
}

/** What is relayed is WebSocket and the like, neither h2c nor TLS. */
const UPGRADES = [
  'map "$http_connection:$http_upgrade" $sy_upgrade {',
  '    "~*^[^:]*upgrade[^:]*:(?!h2c|http|tls)(?<sy_protocol>.+)" $sy_protocol;',
  '    default "";',
  '}',
  'map $sy_upgrade $sy_connection { default upgrade; "" ""; }',
];

function preamble({ plan, state, effects }: Draft): string[] {
  return [
    'server_tokens off;',
    // Without, nginx knows three kinds of files by the ends of paths.
    'types { }',
    'underscores_in_headers on;',
    'ignore_invalid_headers off;',
    'client_max_body_size 0;',
    'absolute_redirect off;',
    // Of responses, as long as Switchyard takes; nginx alone has one page of memory, and answers 502 beyond.
    'proxy_buffer_size 64k;',
    'proxy_buffers 4 64k;',
    'proxy_busy_buffers_size 64k;',
    ...state.maps.hashLines(),
    ...headerHashLines(state, plan),
    ...(state.usesDollar ? ['geo $sy_dollar { default "$"; }'] : []),
    ...UPGRADES,
    ...effects.zones,
  ];
}

/** Room for the names of the headers that are written or left out. */
function headerHashLines({ headers, response }: RequestState, { pools }: Plan): string[] {
  const ids = pools.flatMap(({ config }) => config.forwarded.requestId || []);
  const names = [...headers.keys(), ...response.keys(), ...ids];
  const longest = Math.max(...names.map((name) => name.length), 0);
  if (names.length <= 32 && longest <= 32) return [];
  return [
    `proxy_headers_hash_max_size ${powerOfTwo(Math.max(512, 8 * names.length))};`,
    `proxy_headers_hash_bucket_size ${powerOfTwo(Math.max(128, 2 * longest))};`,
  ];
}
