/** The control port: control API, channel and web UI on one address. */
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Channels } from './channel.ts';
import { sendError, serveApi, serveMonitoring } from './control-api.ts';
import type { EngineHost } from './engine-host.ts';
import { type GuardOptions, type Refusal, refuseForeign, refuseStranger } from './request-guard.ts';
import { findFile, sendFile } from './static-files.ts';
import { type WebSocketChannels, webSocketChannels } from './web-channel.ts';

export interface WebServerOptions extends GuardOptions {
  hostname: string;
  /** 0: any free port. */
  port: number;
  /** The renderer's build; null: no web UI, only the API. */
  rendererDir: string | null;
}

/** A client that stands still and reads nothing must not keep the engine from ending. */
const GOODBYE_MS = 1000;

const SERVER_OPTIONS: ServerOptions = {
  requestTimeout: 60_000,
  headersTimeout: 10_000,
  // Many clients offer h2c with every request: what is not wanted is ignored (RFC 9110 §7.8).
  shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
};

export interface WebServer {
  /** `http://127.0.0.1:4780`, with the port that was bound. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Rejects with the error of `listen` (`EADDRINUSE`, `EACCES` …) when the address cannot be bound. */
export async function startWebServer(
  host: EngineHost,
  channels: Channels,
  options: WebServerOptions,
): Promise<WebServer> {
  const sockets = webSocketChannels(channels);
  const server = createServer(SERVER_OPTIONS, (request, response) => {
    serve(host, channels, options, request, response).catch((error: unknown) => {
      if (!response.headersSent) sendError(response, 500, { code: 'INTERNAL', message: String(error) });
      else response.destroy();
    });
  });
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    upgrade(sockets, options, request, socket, head);
  });
  await listen(server, options);
  return {
    origin: originOf(server, options.hostname),
    async close() {
      sockets.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      for (const socket of upgraded) socket.end(() => socket.destroy());
      const goodbye = setTimeout(() => upgraded.forEach((socket) => void socket.destroy()), GOODBYE_MS);
      await closed;
      clearTimeout(goodbye);
    },
  };
}

function listen(server: Server, { hostname, port }: WebServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, hostname, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function originOf(server: Server, hostname: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
}

async function serve(
  host: EngineHost,
  channels: Channels,
  options: WebServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const foreign = refuseForeign(request.headers, options);
  if (foreign) return refuse(response, foreign);
  const pathname = pathOf(request);
  if (pathname.startsWith('/api/')) {
    const stranger = refuseStranger(request.headers, options);
    return stranger ? refuse(response, stranger) : serveApi(host, channels, request, response);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendError(response, 405, { code: 'METHOD_NOT_ALLOWED', message: 'use GET' });
  if (await serveMonitoring(host, pathname, response)) return;
  serveUi(options.rendererDir, pathname, request, response);
}

function pathOf(request: IncomingMessage): string {
  const target = request.url ?? '/';
  const cut = target.indexOf('?');
  return cut < 0 ? target : target.slice(0, cut);
}

function serveUi(directory: string | null, pathname: string, request: IncomingMessage, response: ServerResponse): void {
  const file = directory === null ? null : findFile(directory, pathname);
  if (file !== null) return sendFile(response, file, request.method === 'GET');
  const unbuilt = directory !== null && pathname === '/';
  const message = unbuilt
    ? 'the web UI is not built; run `npm run build`'
    : `there is nothing at ${pathname.slice(0, 200)}`;
  sendError(response, 404, { code: 'NOT_FOUND', message });
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  sendError(response, status, { code, message });
}

function upgrade(
  sockets: WebSocketChannels,
  options: WebServerOptions,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.on('error', () => socket.destroy());
  const refusal = refuseForeign(request.headers, options) ?? refuseStranger(request.headers, options);
  if (refusal) return endUpgrade(socket, refusal.status === 401 ? '401 Unauthorized' : '403 Forbidden');
  if (pathOf(request) !== '/channel') return endUpgrade(socket, '404 Not Found');
  sockets.upgrade(request, socket, head);
}

function endUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}
