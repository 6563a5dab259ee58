/** The commands about saved recordings: the store does them all. */
import type { CommandResult, ParsedInput } from '../contract/api.ts';
import type { RecordingCommand } from '../contract/recording-commands.ts';
import type { EngineHost } from './engine-host.ts';

type Handler<C extends RecordingCommand> = (host: EngineHost, input: ParsedInput<C>) => Promise<CommandResult<C>>;

export const recordingHandlers: { [C in RecordingCommand]: Handler<C> } = {
  'recordings.list': asked('recordings.list'),
  'recordings.save': asked('recordings.save'),
  'recordings.rename': asked('recordings.rename'),
  'recordings.delete': asked('recordings.delete'),
  'recordings.compare': asked('recordings.compare'),
  'recordings.export': asked('recordings.export'),
  'recordings.import': asked('recordings.import'),
};

function asked<C extends RecordingCommand>(command: C): Handler<C> {
  return (host: EngineHost, input: ParsedInput<C>) => host.engine.store.recordings(command, input);
}
