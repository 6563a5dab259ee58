/** What rules left to do on a request that takes time: waiting, holding and editing it, looking for a local file. */
import type { FileHandle } from 'node:fs/promises';
import type { ClientStream } from '../downstream/client-stream.ts';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import { Headers } from '../http/headers.ts';
import { announcedLength } from '../http/message.ts';
import type { Answer } from '../rules/answer.ts';
import { type AbortMode, type RequestEffects, waitMs } from '../rules/effects.ts';
import { openLocal } from '../rules/local-files.ts';
import { sleep } from '../sleep.ts';
import type { ClientRequest } from './client-request.ts';
import { type HoldInput, holdMessage } from './held-message.ts';

/** `forward`: on to a route, an answer or a backend, as if nothing had happened. */
export type RequestOutcome =
  | { kind: 'forward' }
  | { kind: 'answer'; answer: Answer }
  | { kind: 'abort'; mode: AbortMode }
  | ({ kind: 'file' } & LocalFile)
  | { kind: 'fail'; error: ProxyError };

/** Whoever gets it closes it. */
export interface LocalFile {
  file: FileHandle;
  sizeBytes: number;
  contentType: string;
}

export interface RequestPhaseInput extends Pick<HoldInput, 'exchange' | 'context' | 'onAsked' | 'onDecided'> {
  request: ClientRequest;
  client: ClientStream;
}

const EMPTY = Buffer.alloc(0);
const FORWARD: RequestOutcome = { kind: 'forward' };

/** Whether `carryOutRequest` has anything to do. */
export function takesTime(effects: RequestEffects): boolean {
  return waitMs(effects) > 0 || effects.local.length > 0 || holdsBody(effects);
}

function holdsBody({ body, scripts, breakpoint }: RequestEffects): boolean {
  return body.length > 0 || scripts.length > 0 || breakpoint;
}

/** Delay → body edits → scripts → breakpoint → local files. Rejects never. */
export async function carryOutRequest(effects: RequestEffects, input: RequestPhaseInput): Promise<RequestOutcome> {
  const { exchange, context } = input;
  const delayMs = waitMs(effects);
  if (delayMs > 0) await sleep(context.clock, delayMs);
  if (effects.abort) return { kind: 'abort', mode: effects.abort };
  if (holdsBody(effects)) {
    expectBody(input);
    const verdict = await holdMessage(withBodyOf(exchange, effects), {
      ...input,
      phase: 'request',
      isBodyless: () => exchange.switches,
      body: input.request.body,
      headers: exchange.editRequestHeaders(),
      onWanted: () => input.request.wanted(),
      lengthBytes: announcedLength(exchange.request),
      onReplaced: () => {
        exchange.outgoing.framing = 'length';
      },
      onStreamed: (stream) => {
        exchange.outgoing.framing = 'chunked';
        input.request.editBy(stream);
      },
    });
    if (verdict.abort) return { kind: 'abort', mode: verdict.abort };
    if (verdict.answer) return { kind: 'answer', answer: verdict.answer };
  }
  return effects.local.length > 0 ? findLocal(effects, exchange) : FORWARD;
}

/** What followed the head of one that switches protocols would be taken for the other protocol. */
function withBodyOf(exchange: LiveExchange, effects: RequestEffects): RequestEffects {
  if (!exchange.switches || effects.body.length === 0) return effects;
  exchange.note('body left alone: a switch of protocols has none');
  return { ...effects, body: [] };
}

/** A client that waits for 100 (Continue) would wait for ever: the body is asked for here, not by the backend. */
function expectBody({ exchange, client }: RequestPhaseInput): void {
  if (!exchange.request.expectContinue) return;
  exchange.editRequestHeaders().delete('expect');
  client.inform(100, 'Continue', new Headers());
  client.flush();
}

async function findLocal({ local }: RequestEffects, exchange: LiveExchange): Promise<RequestOutcome> {
  if (exchange.method !== 'GET' && exchange.method !== 'HEAD') return withoutFile(local);
  const found = await openLocal(local);
  switch (found.kind) {
    case 'found':
      return { kind: 'file', file: found.file, sizeBytes: found.sizeBytes, contentType: found.contentType };
    case 'directory':
      return { kind: 'answer', answer: withSlash(exchange.request.target) };
    case 'not-found':
      return { kind: 'fail', error: new ProxyError('NO_LOCAL_FILE', `map local: ${found.reason}`) };
    case 'pass':
      return FORWARD;
  }
}

/** Relative links of its page lead into the directory only when its address ends in a slash. */
function withSlash(target: string): Answer {
  const [, name = '', query = ''] = /([^/?]*)(\?.*)?$/s.exec(target) ?? [];
  const headers = new Headers(['Location', `./${name}/${query}`]);
  return { status: 301, headers, body: EMPTY, bodyFile: null, error: null };
}

/** A file answers GET and HEAD. Where a missing one goes nowhere else, other methods do not either. */
function withoutFile(local: RequestEffects['local']): RequestOutcome {
  if (!local.some((source) => source.kind === 'directory' && source.missing === 404)) return FORWARD;
  return { kind: 'fail', error: new ProxyError('NO_LOCAL_FILE', 'map local: a file answers GET and HEAD only') };
}
