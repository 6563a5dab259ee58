/**
 * Cases for exporters, crossed from conditions, actions that change what conditions ask, and the order of both. Each case has
 * a route of its own, so that many of them fit one config.
 */
import { type Config, configSchema } from '../../proxy-engine/contract/config.ts';
import type { Ports } from './compared.ts';
import { FOUND_LATER } from './crossing-found.ts';
import {
  ASKED_ON_EDGES,
  ASKED_ON_REQUEST,
  ASKED_ON_RESPONSE,
  type Case,
  CHANGES_REQUEST,
  CHANGES_RESPONSE,
  EDGES_REQUEST,
  EDGES_RESPONSE,
  FOUND,
  FOUND_IN_PATTERNS,
  HEADERS,
  HEADERS_ON_EDGES,
  METHODS,
  PATHS,
  QUERIES,
  QUERIES_ON_EDGES,
  VALUES,
} from './crossing-parts.ts';
import type { Sent } from './wire.ts';

/** One of a list. */
export type Draw = <T>(from: readonly T[]) => T;

/** What the request is as a rule sees it, told to the backend or to the client. */
function tell(name: 'x-seen' | 'x-late' | 'x-more', draw: Draw) {
  return { set: { [name]: draw(VALUES) } };
}

type Order = (match: string, change: object, draw: Draw) => Pick<Case, 'rules'> & Partial<Pick<Case, 'route'>>;

/** Orders in which a change and a question can stand. */
const ORDERS: readonly Order[] = [
  (match, change, draw) => ({
    rules: [{ match, request: [change, tell('x-seen', draw)], response: [tell('x-late', draw)] }],
  }),
  (match, change, draw) => ({
    rules: [{ request: [change] }, { match, request: [tell('x-seen', draw)], response: [tell('x-late', draw)] }],
  }),
  (match, change, draw) => ({
    rules: [{ match, response: [tell('x-late', draw)] }, { request: [change] }],
  }),
  (match, change, draw) => ({
    rules: [
      { match, request: [change] },
      { match: 'status = 200', response: [tell('x-late', draw)] },
      { match, response: [{ append: { 'x-more': draw(VALUES) } }] },
    ],
  }),
  (match, change, draw) => ({
    rules: [
      { request: [change] },
      {
        match,
        request: [
          {
            respond: {
              status: 201,
              headers: { 'content-type': 'text/plain', 'x-made': draw(VALUES) },
              body: draw(VALUES),
            },
          },
        ],
      },
      { request: [draw(CHANGES_REQUEST)] },
      { match: draw(ASKED_ON_REQUEST), response: [tell('x-late', draw)] },
    ],
  }),
  (match, change, draw) => ({
    rules: [{ match, request: [change], response: [tell('x-late', draw)] }],
    route: {
      redirect: { status: 302, location: draw(['/to$path?$query', 'http://$host/$$', '/x?m=$method&h=$header[x-h]']) },
    },
  }),
  (match, change, draw) => ({
    rules: [
      { match, request: [change, tell('x-seen', draw)] },
      { match: draw(ASKED_ON_REQUEST), request: [draw(CHANGES_REQUEST)] },
      { match, response: [tell('x-late', draw)] },
    ],
  }),
];

/** The same for the response. */
const RESPONSE_ORDERS: readonly Order[] = [
  (match, change, draw) => ({ rules: [{ match, response: [change, tell('x-late', draw)] }] }),
  (match, change, draw) => ({ rules: [{ response: [change] }, { match, response: [tell('x-late', draw)] }] }),
  (match, change, draw) => ({
    rules: [
      { match, response: [tell('x-late', draw), change] },
      { match: draw(ASKED_ON_RESPONSE), response: [tell('x-more', draw)] },
    ],
  }),
  (match, change, draw) => ({
    rules: [{ request: [draw(CHANGES_REQUEST)] }, { match, response: [change, tell('x-late', draw)] }],
  }),
];

/** Those that were found, then all conditions by all changes; what is left open is drawn. */
export function crossedCases(draw: Draw): Case[] {
  return named('c', [
    ...FOUND,
    ...FOUND_LATER,
    ...ASKED_ON_REQUEST.flatMap((asks) => CHANGES_REQUEST.map((change) => drawn(draw, asks, change, ORDERS))),
    ...ASKED_ON_RESPONSE.flatMap((asks) =>
      CHANGES_RESPONSE.map((change) => drawn(draw, asks, change, RESPONSE_ORDERS)),
    ),
  ]);
}

/** Patterns with alternatives, flags and names, what is empty or comes twice, and values that need encoding. */
export function edgeCases(draw: Draw): Case[] {
  const edge = (asks: string, change: object, orders: readonly Order[]) => ({
    ...drawn(draw, asks, change, orders),
    requests: [requestOnEdges(draw), requestOnEdges(draw), request(draw)],
  });
  const some = <T>(from: readonly T[]) => [draw(from), draw(from), draw(from)];
  return named('e', [
    ...FOUND_IN_PATTERNS,
    ...ASKED_ON_EDGES.flatMap((asks) => some(CHANGES_REQUEST).map((change) => edge(asks, change, ORDERS))),
    ...EDGES_REQUEST.flatMap((change) => some(ASKED_ON_REQUEST).map((asks) => edge(asks, change, ORDERS))),
    ...EDGES_RESPONSE.flatMap((change) => some(ASKED_ON_RESPONSE).map((asks) => edge(asks, change, RESPONSE_ORDERS))),
  ]);
}

/** Of a case: its rules have a number behind it. */
const LONGEST_NAME = 126;

function named(letter: string, cases: readonly Omit<Case, 'name'>[]): Case[] {
  return cases.map((each, i) => ({ name: `${letter}${i}${'_long'.repeat(i % 25)}`.slice(0, LONGEST_NAME), ...each }));
}

function drawn(draw: Draw, asks: string, change: object, orders: readonly Order[]): Omit<Case, 'name'> {
  const { rules, route = { pool: 'api' } } = draw(orders)(asks, change, draw);
  return { rules, route, requests: [request(draw), request(draw)] };
}

function request(draw: Draw): Sent {
  return {
    path: draw(PATHS) + draw(QUERIES),
    method: draw(METHODS),
    headers: { host: 'api.test', ...draw(HEADERS), ...draw(HEADERS) },
  };
}

function requestOnEdges(draw: Draw): Sent {
  return {
    path: draw(PATHS) + draw([...QUERIES, ...QUERIES_ON_EDGES]),
    method: 'GET',
    headers: { host: 'api.test', ...draw(HEADERS), ...draw(HEADERS_ON_EDGES) },
  };
}

/** One config of them all; backends answer at ports of 127.0.0.1. */
export function configOf(cases: readonly Case[], ports: Ports): Config {
  return configSchema.parse({
    version: 1,
    listeners: { gateway: { address: ports.gateway } },
    routes: cases.map(({ name, route: { match, ...route } }) => ({
      name,
      match: and(`header[x-case] = ${name}`, match),
      ...route,
    })),
    pools: {
      api: { backends: [{ name: 'a', url: `http://127.0.0.1:${ports.a}` }], ejection: false },
      next: { backends: [{ name: 'next', url: `http://127.0.0.1:${ports.next}` }], ejection: false },
    },
    rules: cases.flatMap(({ name, rules }) =>
      rules.map(({ match, ...rule }, i) => ({
        name: `${name} ${i}`,
        match: and(`route = ${name}`, match),
        ...rule,
      })),
    ),
  });
}

function and(first: string, second: string | undefined): string {
  return second === undefined ? first : `${first} and (${second})`;
}
