/** The commands about descriptor sets of protobuf. */
import type { CommandResult, ParsedInput } from '../contract/api.ts';
import type { DescriptorCommand } from '../contract/descriptor-commands.ts';
import { CommandFailure } from './command-failure.ts';
import type { EngineHost } from './engine-host.ts';

type Handler<C extends DescriptorCommand> = (host: EngineHost, input: ParsedInput<C>) => Promise<CommandResult<C>>;

export const descriptorHandlers: { [C in DescriptorCommand]: Handler<C> } = {
  'descriptors.list': async (host) => ({ sets: await host.descriptors.list() }),
  'descriptors.save': async (host, { name, data, replace }) => {
    try {
      return (await host.descriptors.save(name, data, replace)) ?? taken(name);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'BadDescriptors')) throw error;
      throw new CommandFailure('BAD_INPUT', `${name}: ${error.message}`, { path: 'data', cause: error });
    }
  },
  'descriptors.get': async (host, { name }) => ({ data: (await host.descriptors.data(name)) ?? noSet(name) }),
  'descriptors.delete': async (host, { name }) => ((await host.descriptors.delete(name)) ? null : noSet(name)),
};

function taken(name: string): never {
  throw new CommandFailure('CONFLICT', `another descriptor set is called ${JSON.stringify(name)}`, { path: 'name' });
}

function noSet(name: string): never {
  throw new CommandFailure('NOT_FOUND', `no descriptor set is called ${JSON.stringify(name)}`, { path: 'name' });
}
