/** The control API: what each method and path of the control port does, once the guard has let the request in. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiError } from '../contract/api.ts';
import { EXPOSITION_TYPE } from '../metrics/exposition.ts';
import type { Channels } from './channel.ts';
import { CommandFailure, type FailureCode, toCommandFailure } from './command-failure.ts';
import type { EngineHost } from './engine-host.ts';
import { sendHar } from './har-commands.ts';
import { OpenQuestions, withViewer } from './open-questions.ts';
import { SECURITY_HEADERS } from './static-files.ts';
import { openEventStream } from './web-channel.ts';

/** As the channel's. */
const MAX_BODY_BYTES = 16 * 1024 ** 2;

const STATUS: Record<FailureCode, number> = {
  BAD_INPUT: 400,
  BAD_CONFIG: 422,
  NOT_FOUND: 404,
  UNKNOWN_COMMAND: 404,
  CONFLICT: 409,
  WRITE_FAILED: 500,
  INTERNAL: 500,
};

/** Without a token: what monitoring asks for. Answers false when the path is not its own. */
export async function serveMonitoring(host: EngineHost, pathname: string, response: ServerResponse): Promise<boolean> {
  if (pathname === '/healthz') {
    sendText(response, 200, 'text/plain; charset=utf-8', 'ok\n');
    return true;
  }
  if (pathname !== '/metrics') return false;
  sendText(response, 200, EXPOSITION_TYPE, await host.engine.metrics());
  return true;
}

/** `/api/…`. */
export async function serveApi(
  host: EngineHost,
  channels: Channels,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const name = pathname.slice('/api/'.length);
  if (name === 'events' || name === 'exchanges.har') {
    if (request.method !== 'GET') return sendMethodNotAllowed(response, 'GET');
    return name === 'events' ? openEventStream(channels, response) : sendExchanges(host, searchParams, response);
  }
  if (request.method !== 'POST') return sendMethodNotAllowed(response, 'POST');
  const questions = new OpenQuestions(host);
  response.once('close', () => {
    if (!response.writableFinished) questions.leave();
  });
  try {
    const input = withViewer(name, await readJson(request));
    sendJson(response, 200, { result: await questions.run(name, input) });
  } catch (error) {
    sendFailure(response, error);
  }
}

async function sendExchanges(host: EngineHost, query: URLSearchParams, response: ServerResponse): Promise<void> {
  try {
    await sendHar(host, query, response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else sendFailure(response, toCommandFailure('exchanges.har', error));
  }
}

function sendFailure(response: ServerResponse, error: unknown): void {
  if (error instanceof BodyTooLarge) {
    response.setHeader('connection', 'close');
    return sendError(response, 413, { code: 'BODY_TOO_LARGE', message: `a body has at most ${MAX_BODY_BYTES} bytes` });
  }
  const failure = error instanceof CommandFailure ? error : new CommandFailure('INTERNAL', String(error));
  sendError(response, STATUS[failure.code], failure.toApiError());
}

class BodyTooLarge extends Error {}

/** An empty body is no input. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandFailure('BAD_INPUT', `the body is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

export function sendError(response: ServerResponse, status: number, error: ApiError): void {
  sendJson(response, status, { error });
}

function sendMethodNotAllowed(response: ServerResponse, allowed: string): void {
  response.setHeader('allow', allowed);
  sendError(response, 405, { code: 'METHOD_NOT_ALLOWED', message: `use ${allowed}` });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  sendText(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}
