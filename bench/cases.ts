/** What is measured: a load, on all peers, beside the first of them in the same run. */
import { join } from 'node:path';
import { backendPorts } from './backends.ts';
import { closedLoop, http2Load, type LoadResult } from './load.ts';
import { caddy, haproxy, mitmproxy, nginx } from './peers/debian.ts';
import { npmPeer } from './peers/npm.ts';
import type { Peer, Wire } from './peers/peer.ts';
import { forwardSwitchyard, switchyard, switchyardWithRules } from './peers/switchyard.ts';
import { tunnelLoad } from './tunnel-load.ts';
import { webSocketLoad } from './web-socket-load.ts';

export interface Case {
  name: string;
  title: string;
  peers: readonly Peer[];
  load(port: number, seconds: number): Promise<LoadResult>;
  /** Of a peer that compiles; default 75,000. */
  warmRequests?: number;
  /** Latency is measured at half of what this peer can; absent: it is not measured. */
  latencyAtHalfOf?: Peer;
}

const full = switchyard({ capture: true, rules: 20 });
const bare = switchyard({ capture: false, rules: 0 });
const noCapture = switchyard({ capture: false, rules: 20 });

const clear = (path: string, port: number) => `http://127.0.0.1:${port}${path}`;
const throughTunnel = (port: number, seconds: number) => tunnelLoad(port, seconds, backendPorts('tls')[0] as number);
const over = (wire: Wire): Peer[] => [
  nginx(wire),
  haproxy(wire),
  caddy(wire),
  switchyard({ capture: true, rules: 20, wire }),
];

export const cases: readonly Case[] = [
  {
    name: 'small',
    title: 'GET of 700 bytes, 64 connections; latency at half of what Switchyard can with recording',
    peers: [nginx(), haproxy(), caddy(), bare, noCapture, full, npmPeer('http-proxy'), npmPeer('mockttp'), mitmproxy()],
    load: (port, seconds) => closedLoop(clear('/', port), seconds),
    latencyAtHalfOf: full,
  },
  {
    name: 'rules',
    title: 'GET of 700 bytes, 64 connections; what many routes and rules cost',
    peers: (['host and path', 'headers and patterns', 'query, cookies, clients and methods'] as const).flatMap((by) =>
      [10, 1000].map((count) => switchyardWithRules(count, by)),
    ),
    load: (port, seconds) => closedLoop(clear('/', port), seconds),
  },
  {
    name: 'download',
    title: 'GET of 1 MiB, 64 connections',
    peers: [nginx(), haproxy(), caddy(), bare, full, npmPeer('http-proxy'), npmPeer('mockttp'), mitmproxy()],
    load: (port, seconds) => closedLoop(clear('/1m', port), seconds),
    warmRequests: 1500,
  },
  {
    name: 'upload',
    title: 'POST of 10 MiB, 8 connections',
    peers: [nginx(), haproxy(), caddy(), full, npmPeer('http-proxy'), mitmproxy()],
    load: (port, seconds) => closedLoop(clear('/', port), seconds, 8, join(import.meta.dirname, 'upload.lua')),
    warmRequests: 100,
  },
  {
    name: 'connections',
    title: 'GET of 700 bytes, 1,000 connections',
    peers: [nginx(), haproxy(), caddy(), full],
    load: (port, seconds) => closedLoop(clear('/', port), seconds, 1000),
  },
  {
    name: 'tls-in',
    title: 'GET of 700 bytes over TLS, 64 connections',
    peers: over({ in: 'tls', out: 'http1' }),
    load: (port, seconds) => closedLoop(`https://localhost:${port}/`, seconds),
  },
  {
    name: 'tls-both',
    title: 'GET of 700 bytes over TLS, to backends over TLS, 64 connections',
    peers: over({ in: 'tls', out: 'tls' }),
    load: (port, seconds) => closedLoop(`https://localhost:${port}/`, seconds),
  },
  {
    name: 'http2',
    title: 'GET of 700 bytes over HTTP/2, 8 connections of 16 streams',
    peers: over({ in: 'http2', out: 'http1' }),
    load: (port, seconds) => http2Load(clear('/', port), seconds),
  },
  {
    name: 'websocket',
    title: 'WebSocket messages of 140 bytes and their echoes, 32 connections; a message is a request',
    peers: [nginx(), haproxy(), caddy(), full],
    load: webSocketLoad,
  },
  {
    name: 'tunnel',
    title: 'GET of 700 bytes over TLS through CONNECT, unseen, 32 tunnels',
    peers: [forwardSwitchyard(false), npmPeer('whistle', 'tunnel'), mitmproxy('tunnel')],
    load: throughTunnel,
  },
  {
    name: 'intercept',
    title: 'GET of 700 bytes through CONNECT over TLS, intercepted and recorded, 32 tunnels',
    peers: [forwardSwitchyard(true), npmPeer('mockttp', 'intercept'), mitmproxy('intercept')],
    load: throughTunnel,
  },
];
