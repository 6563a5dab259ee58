/** The commands about drills. */
import type { CommandResult, ParsedInput } from '../../contract/api.ts';
import type { drillCommands } from '../../contract/drill-commands.ts';
import { printReport } from '../../drills/print-report.ts';
import type { EngineHost } from '../engine-host.ts';

type DrillCommand = keyof typeof drillCommands;
type Handler<C extends DrillCommand> = (
  host: EngineHost,
  input: ParsedInput<C>,
) => CommandResult<C> | Promise<CommandResult<C>>;

export const drillHandlers: { [C in DrillCommand]: Handler<C> } = {
  'drill.check': (host, { text }) => host.drills.check(text),
  'drill.start': async (host, { text }) => ({ id: (await host.drills.start(text)).id }),
  'drill.stop': (host) => host.drills.stop(),
  'drill.list': (host) => host.drills.list(),
  'drill.get': (host, { id }) => host.drills.get(id),
  'drill.export': async (host, { id, format }) => ({ text: printReport(await host.drills.get(id), format) }),
};
