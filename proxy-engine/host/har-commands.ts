/** Recorded exchanges as HAR, for commands and for `GET /api/exchanges.har`. */
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { CommandResult, ParsedInput } from '../contract/api.ts';
import type { harCommands } from '../contract/har-commands.ts';
import { ofRecording } from '../contract/recording-commands.ts';
import { HarImport } from '../exchange-formats/har-import.ts';
import { type ExchangeReader, harText } from '../exchange-formats/har-stream.ts';
import { compileFilter } from '../store/views/filter.ts';
import { CommandFailure } from './command-failure.ts';
import type { EngineHost } from './engine-host.ts';
import { SECURITY_HEADERS } from './static-files.ts';

type HarCommand = keyof typeof harCommands;
type Handler<C extends HarCommand> = (host: EngineHost, input: ParsedInput<C>) => Promise<CommandResult<C>>;

export const harHandlers: { [C in HarCommand]: Handler<C> } = {
  'har.export': async (host, input) =>
    'export' in input ? host.har.nextPiece(input.export) : host.har.beginExport(exportText(host, input)),
  'har.import': async (host, { text, name, more, import: begun }) => {
    const id = begun ?? host.har.beginImport(new HarImport(name, host.engine.store));
    return host.har.takePiece(id, text, !more);
  },
};

interface Selection {
  recording?: string | undefined;
  filter?: string | undefined;
  ids?: readonly number[] | undefined;
  redact: boolean;
}

function exportText(host: EngineHost, { recording, filter, ids, redact }: Selection): AsyncGenerator<string> {
  const names = redact ? host.config.config.capture.redact : [];
  return harText(readerOf(host, recording), { filter, ids, redact: names, version: host.info.version });
}

/** Of a saved recording; undefined: of what is recorded now. */
function readerOf({ engine: { store } }: EngineHost, recording: string | undefined): ExchangeReader {
  const of = recording === undefined ? {} : { recording };
  return {
    ids: (filter) => store.ids(filter, recording),
    get: (id) => store.get(id, recording),
    body: (input) => store.body({ ...input, ...of }),
    messages: (input) => store.messages({ ...input, ...of }),
  };
}

/** Answers with the HAR of what the query asks for: `filter`, `recording`, `redact=false`. Throws `CommandFailure` before anything was sent. */
export async function sendHar(host: EngineHost, query: URLSearchParams, response: ServerResponse): Promise<void> {
  const text = exportText(host, readQuery(query));
  const first = await text.next();
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-disposition': 'attachment; filename="exchanges.har"',
    'cache-control': 'no-store',
  });
  await pipeline(async function* () {
    if (!first.done) yield first.value;
    yield* text;
  }, response);
}

const QUERY = ['filter', 'recording', 'redact'];

function readQuery(query: URLSearchParams): Selection {
  for (const name of query.keys())
    if (!QUERY.includes(name))
      throw new CommandFailure('BAD_INPUT', `unknown ${JSON.stringify(name)}; there are ${QUERY.join(', ')}`, {
        path: name,
      });
  const redact = query.get('redact') ?? 'true';
  if (redact !== 'true' && redact !== 'false')
    throw new CommandFailure('BAD_INPUT', 'redact is true or false', { path: 'redact' });
  const filter = query.get('filter') ?? undefined;
  try {
    compileFilter(filter);
  } catch (error) {
    throw new CommandFailure('BAD_INPUT', (error as Error).message, { path: 'filter', cause: error });
  }
  return { filter, recording: readRecording(query), redact: redact === 'true' };
}

function readRecording(query: URLSearchParams): string | undefined {
  const { data, error } = ofRecording.recording.safeParse(query.get('recording') ?? undefined);
  if (!error) return data;
  throw new CommandFailure('BAD_INPUT', error.issues[0]?.message ?? 'expected a recording', { path: 'recording' });
}
