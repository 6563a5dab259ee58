/** What is measured: a load, on all peers, beside nginx in the same run. */
import { closedLoop, fixedRate, http2Load, type LoadResult } from './load.ts';
import { caddy, haproxy, mitmproxy, nginx, type Peer, switchyard, switchyardWithRules } from './peers.ts';

export interface Case {
  name: string;
  title: string;
  peers: readonly Peer[];
  load(origin: string, seconds: number): Promise<LoadResult>;
  /** Share of nginx's closed-loop rate at which latency is measured; absent: it is not. */
  latencyAt?: number;
}

const full = switchyard({ capture: true, rules: 20 });
const bare = switchyard({ capture: false, rules: 0 });
const noCapture = switchyard({ capture: false, rules: 20 });

export const cases: readonly Case[] = [
  {
    name: 'small',
    title: 'GET of 700 bytes, 64 connections',
    peers: [nginx, haproxy, caddy, bare, noCapture, full, mitmproxy],
    load: (origin, seconds) => closedLoop(`${origin}/`, seconds),
    latencyAt: 0.25,
  },
  {
    name: 'rules',
    title: 'GET of 700 bytes, 64 connections; what many routes and rules cost',
    peers: (['host and path', 'headers and patterns'] as const).flatMap((by) =>
      [10, 1000].map((count) => switchyardWithRules(count, by)),
    ),
    load: (origin, seconds) => closedLoop(`${origin}/`, seconds),
  },
  {
    name: 'download',
    title: 'GET of 1 MiB, 64 connections',
    peers: [nginx, haproxy, caddy, bare, full],
    load: (origin, seconds) => closedLoop(`${origin}/1m`, seconds),
  },
  {
    name: 'connections',
    title: 'GET of 700 bytes, 1,000 connections',
    peers: [nginx, haproxy, caddy, full],
    load: (origin, seconds) => closedLoop(`${origin}/`, seconds, 1000),
  },
];

export { fixedRate, http2Load };
