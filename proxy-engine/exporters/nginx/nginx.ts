/**
 * nginx: every decision is a map over the request as it came, so that first-match order, any condition and any chain of
 * rules come out the same; one server a listener jumps to one named location a pool or answer.
 */
import { commentLines } from '../notes.ts';
import { type Plan, poolNamed } from '../plan.ts';
import type { Draft } from './draft.ts';
import { poolLocation, writeDestination } from './locations.ts';
import { upstreamBlock } from './pools.ts';
import { initialState } from './request-state.ts';
import { answersOf, writeRoutes } from './routes.ts';
import { applyRules } from './rules.ts';
import { serverBlock } from './servers.ts';
import { block, Maps } from './text.ts';

export function exportNginx(plan: Plan): string {
  const maps = new Maps();
  const state = initialState(maps, {
    route: (name) => plan.routes.find((route) => route.name === name)?.id ?? 'none',
    pool: (name) => poolNamed(plan, name).id,
  });
  const http: string[] = [];
  const routes = writeRoutes(plan, state, http);
  const effects = applyRules(plan, state);
  const draft: Draft = { plan, state, effects, http, locations: [] };
  writeDestination(draft, answersOf(plan, state, routes));
  for (const pool of plan.pools) draft.locations.push(poolLocation(draft, pool));
  plan.notes.approximate('pools', 'no backend available', 'nginx answers 502, Switchyard 503');
  plan.notes.approximate(
    'listeners',
    'server',
    'nginx writes `server: nginx` into its own answers, and into those of backends that have none',
  );
  plan.notes.approximate('routes', 'hosts', 'nginx takes away a dot at the end; an IPv6 address has brackets');
  const servers = plan.listeners.flatMap((listener) => serverBlock(draft, listener));
  const upstreams = plan.pools.flatMap((pool) => ['', ...upstreamBlock(plan, pool)]);
  return assemble(plan, [...preamble(draft), ...http, '', ...maps.lines, ...upstreams, ...servers]);
}

function assemble(plan: Plan, http: readonly string[]): string {
  const head = commentLines(plan.notes, `Made by Switchyard for nginx ${plan.version}. Save it as nginx.conf.`);
  return `${[...head, '', 'worker_processes auto;', '', 'events {', '    worker_connections 4096;', '}', '', ...block('http', http)].join('\n')}\n`;
}

function preamble({ state, effects }: Draft): string[] {
  return [
    'server_tokens off;',
    'underscores_in_headers on;',
    'ignore_invalid_headers off;',
    'client_max_body_size 0;',
    'absolute_redirect off;',
    'variables_hash_max_size 4096;',
    'map_hash_bucket_size 256;',
    ...(state.usesDollar ? ['geo $sy_dollar { default "$"; }'] : []),
    'map $http_upgrade $sy_connection { default upgrade; "" ""; }',
    ...effects.zones,
  ];
}
