import type { CommandInput, CommandName } from '../../proxy-engine/contract/api.ts';
import { CommandError, type EngineApi } from '../api/engine-api.ts';

/** Commands that would act on what is being recorded, by an id that means another exchange there. */
const NOT_ON_RECORDINGS: ReadonlySet<CommandName> = new Set(['exchange.mark', 'exchanges.clear']);
/** Those that take `recording`. */
const OF_RECORDINGS: ReadonlySet<CommandName> = new Set<CommandName>([
  'exchanges.query',
  'exchanges.tree',
  'exchanges.values',
  'exchange.get',
  'exchange.body',
  'exchange.bodyMessages',
  'exchange.messages',
  'exchange.replay',
  'har.export',
]);

/** While a saved recording is open, calls about exchanges go to it, and what would change them is refused. */
export function openRecordingApi(api: EngineApi, opened: () => string | null, refusal: () => string): EngineApi {
  return {
    call<C extends CommandName>(command: C, input: CommandInput<C>) {
      const recording = opened();
      if (recording === null) return api.call(command, input);
      if (NOT_ON_RECORDINGS.has(command))
        return Promise.reject(new CommandError({ code: 'READ_ONLY', message: refusal() }));
      // The next piece of an export is of whatever it began with.
      const isTold = OF_RECORDINGS.has(command) && !('export' in (input as object));
      return api.call(command, isTold ? ({ ...(input as object), recording } as CommandInput<C>) : input);
    },
  };
}
