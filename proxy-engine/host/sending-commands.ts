/** The commands that send requests of Switchyard's own. */
import type { CommandResult, ParsedInput } from '../contract/api.ts';
import type { Exchange } from '../contract/exchange.ts';
import type { SendingReport, sendingCommands } from '../contract/sending.ts';
import { ProxyError } from '../errors.ts';
import { toWire } from '../match/wire-text.ts';
import { chooseListener } from '../replay/choose-listener.ts';
import { type ComposedRequest, composeRequest, type RequestParts, writtenUrl } from '../replay/compose-request.ts';
import { type RequestEdits, recordedParts, redactedNames, replayProblem } from '../replay/recorded-request.ts';
import type { PlannedRequest, Sending } from '../replay/sending.ts';
import { CommandFailure, noExchange, notThere } from './command-failure.ts';
import type { EngineHost } from './engine-host.ts';

type SendingCommand = keyof typeof sendingCommands;
type Handler<C extends SendingCommand> = (
  host: EngineHost,
  input: ParsedInput<C>,
) => CommandResult<C> | Promise<CommandResult<C>>;

type Body = { text: string } | { base64: string };

/** Of one read from the store. */
const BODY_PART_BYTES = 4 * 1024 ** 2;
/** Bodies of a selection are in memory until they have been sent. */
const MAX_SELECTION_BYTES = 64 * 1024 ** 2;

export const sendingHandlers: { [C in SendingCommand]: Handler<C> } = {
  'compose.send': async (host, { times, concurrency, wait, ...input }) => {
    const request = planComposed(host, input);
    return begin(host, repeated(request, times), concurrency, wait);
  },
  'exchange.replay': async (host, input) => {
    if ('ids' in input) return begin(host, await planSelection(host, input), input.concurrency, input.wait);
    const { edits, times, concurrency, wait } = input;
    const request = await planReplay(host, input, { ...edits, body: edits.body && bytesOf(edits.body) });
    return begin(host, repeated(request, times), concurrency, wait);
  },
  'sending.get': (host, { sending, from }) => sendingOf(host, sending).progress(from),
  'sending.cancel': (host, { sending }) => {
    sendingOf(host, sending).cancel();
    return null;
  },
};

async function begin(
  host: EngineHost,
  requests: readonly PlannedRequest[],
  concurrency: number,
  wait: boolean,
): Promise<SendingReport> {
  const sending = host.engine.sendings.start({ requests, concurrency });
  if (wait) await sending.over;
  return sending.report();
}

function repeated(request: PlannedRequest, times: number): PlannedRequest[] {
  return Array.from({ length: times }, () => request);
}

function sendingOf(host: EngineHost, id: number): Sending {
  const found = host.engine.sendings.find(id);
  if (found) return found;
  throw new CommandFailure('NOT_FOUND', `there is no sending ${id}; only the last ones are remembered`, {
    path: 'sending',
  });
}

// ── composed ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type Composition = Omit<ParsedInput<'compose.send'>, 'times' | 'concurrency' | 'wait'>;

function planComposed(host: EngineHost, input: Composition): PlannedRequest {
  const parts = {
    method: input.method,
    url: writtenUrl(input.url),
    headers: input.headers.map(([name, value]): [string, string] => [toWire(name), toWire(value)]),
    body: input.body ? bytesOf(input.body) : Buffer.alloc(0),
    trailers: [],
    protocol: 'HTTP/1.1',
  };
  const by = comingInBy(host, checked(parts), input.listener);
  const composed = checked({ ...parts, hostDecides: !by.forward });
  const straightTo = input.pool === undefined ? null : { pool: input.pool, backend: input.backend ?? null };
  if (straightTo) checkPlace(host, straightTo.pool, straightTo.backend);
  return { ...composed, ...by, straightTo, atMs: 0, note: null };
}

function checkPlace(host: EngineHost, poolName: string, backend: string | null): void {
  const pool = host.engine.pool(poolName) ?? notThere('pool', poolName, host.engine.state().pools);
  if (backend !== null && !pool.backends.some(({ name }) => name === backend))
    notThere('backend', backend, pool.backends);
}

function comingInBy(
  host: EngineHost,
  { authority, scheme }: ComposedRequest,
  name: string | undefined,
): Pick<PlannedRequest, 'listener' | 'forward'> {
  const { listeners } = host.engine.state();
  const listener =
    name === undefined
      ? chooseListener(listeners, authority, scheme)
      : (listeners.find((item) => item.name === name) ?? notThere('listener', name, listeners));
  if (listener) return { listener: listener.name, forward: listener.mode === 'forward' };
  throw new CommandFailure('NOT_FOUND', 'there is no listener that the request could come in by; add one', {
    path: 'listener',
  });
}

/** Throws `CommandFailure` when no client could send this. */
function checked(parts: RequestParts): ComposedRequest {
  try {
    return composeRequest(parts);
  } catch (error) {
    if (error instanceof ProxyError) throw new CommandFailure('BAD_INPUT', error.message, { cause: error });
    throw error;
  }
}

function bytesOf(body: Body): Buffer {
  return 'text' in body ? Buffer.from(body.text, 'utf8') : Buffer.from(body.base64, 'base64');
}

// ── recorded ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function planSelection(
  host: EngineHost,
  { ids, spacing, recording }: Extract<ParsedInput<'exchange.replay'>, { ids: unknown }>,
): Promise<PlannedRequest[]> {
  const requests: PlannedRequest[] = [];
  let [atMs, bytes, firstAt] = [0, 0, 0];
  for (const id of ids) {
    const exchange = await recorded(host, { id, recording });
    const request = await planExchange(host, exchange, {}, recording);
    bytes += request.body.length;
    if (bytes > MAX_SELECTION_BYTES) throw tooMuch(requests.length);
    if (requests.length === 0) firstAt = exchange.startedAt;
    if (spacing === 'original') atMs = Math.max(atMs, exchange.startedAt - firstAt);
    requests.push({ ...request, atMs });
  }
  return requests;
}

function tooMuch(fitting: number): CommandFailure {
  const most = MAX_SELECTION_BYTES / 1024 ** 2;
  const message = `the bodies of the selection have more than ${most} MiB; the first ${fitting} fit`;
  return new CommandFailure('BAD_INPUT', message, { path: 'ids' });
}

/** `recording`: the saved one that it is in; undefined: it is among what is being recorded. */
interface RecordedId {
  id: number;
  recording?: string | undefined;
}

async function recorded(host: EngineHost, { id, recording }: RecordedId): Promise<Exchange> {
  return (await host.engine.store.get(id, recording)) ?? noExchange(id);
}

async function planReplay(host: EngineHost, of: RecordedId, edits: RequestEdits): Promise<PlannedRequest> {
  return planExchange(host, await recorded(host, of), edits, of.recording);
}

/** It comes in by the listener that it came in by before, if there still is one of that name. */
async function planExchange(
  host: EngineHost,
  exchange: Exchange,
  edits: RequestEdits,
  recording: string | undefined,
): Promise<PlannedRequest> {
  const problem = replayProblem(exchange, edits);
  if (problem !== null) throw new CommandFailure('BAD_INPUT', problem, { path: 'id' });
  const body = edits.body ?? (await readRequestBody(host, exchange, recording));
  const composed = checked(recordedParts(exchange, body, edits));
  const isThere = host.engine.state().listeners.some(({ name }) => name === exchange.listener);
  const entrance = comingInBy(host, composed, isThere ? exchange.listener : undefined);
  const missing = edits.headers ? [] : redactedNames(exchange);
  return { ...composed, ...entrance, straightTo: null, atMs: 0, note: noteOf(exchange.id, recording, missing) };
}

/** `missing`: headers that it was sent without. */
function noteOf(id: number, recording: string | undefined, missing: readonly string[]): string {
  const note = recording === undefined ? `replay of ${id}` : `replay of ${id} of the recording ${recording}`;
  return missing.length === 0 ? note : `${note}; sent without what was redacted: ${missing.join(', ')}`;
}

async function readRequestBody(
  host: EngineHost,
  { id, request }: Exchange,
  recording: string | undefined,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let offset = 0; offset < request.body.captured; offset += BODY_PART_BYTES) {
    const part = { id, recording, side: 'request', decoded: false, offset, length: BODY_PART_BYTES } as const;
    parts.push(Buffer.from((await host.engine.store.body(part))?.data ?? '', 'base64'));
  }
  return Buffer.concat(parts);
}
