/** Recorded exchanges as HAR, for commands and for `GET /api/exchanges.har`. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { CommandResult, ParsedInput } from '../contract/api.ts';
import type { harCommands } from '../contract/har-commands.ts';
import { harText } from '../exchange-formats/har-stream.ts';
import { compileFilter } from '../store/filter.ts';
import { CommandFailure } from './command-failure.ts';
import type { EngineHost } from './engine-host.ts';
import { SECURITY_HEADERS } from './static-files.ts';

type HarCommand = keyof typeof harCommands;
type Handler<C extends HarCommand> = (host: EngineHost, input: ParsedInput<C>) => Promise<CommandResult<C>>;

export const harHandlers: { [C in HarCommand]: Handler<C> } = {
  'har.export': async (host, input) =>
    'export' in input ? host.har.nextPiece(input.export) : host.har.beginExport(exportText(host, input)),
};

interface Selection {
  filter?: string | undefined;
  ids?: readonly number[] | undefined;
  redact: boolean;
}

function exportText(host: EngineHost, { filter, ids, redact }: Selection): AsyncGenerator<string> {
  const names = redact ? host.config.config.capture.redact : [];
  return harText(host.engine.store, { filter, ids, redact: names, version: host.info.version });
}

/** Answers with the HAR of what the query asks for: `filter`, `redact=false`. Throws `CommandFailure` before anything was sent. */
export async function sendHar(host: EngineHost, query: URLSearchParams, response: ServerResponse): Promise<void> {
  const text = exportText(host, readQuery(query));
  const first = await text.next();
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-disposition': 'attachment; filename="exchanges.har"',
    'cache-control': 'no-store',
  });
  for (let next = first; !next.done; next = await text.next()) {
    if (!response.write(next.value)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    if (response.destroyed) return;
  }
  response.end();
}

function readQuery(query: URLSearchParams): Selection {
  for (const name of query.keys())
    if (name !== 'filter' && name !== 'redact')
      throw new CommandFailure('BAD_INPUT', `unknown ${JSON.stringify(name)}; there are filter and redact`, {
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
  return { filter, redact: redact === 'true' };
}
