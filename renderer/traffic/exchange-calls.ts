import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { ValueField } from '../../proxy-engine/contract/value-fields.ts';
import type { EngineApi } from '../api/engine-api.ts';

/** Questions about recorded exchanges, and what is done with them. */
export function createExchangeCalls(api: EngineApi) {
  return {
    get: (id: number) => api.call('exchange.get', { id }),
    /** How many there are for which the filter holds. */
    count: async (filter: string) =>
      (await api.call('exchanges.query', { filter, limit: 0, viewer: `count ${filter}` })).total,
    mark: (input: CommandInput<'exchange.mark'>) => api.call('exchange.mark', input),
    tree: (input: CommandInput<'exchanges.tree'>) => api.call('exchanges.tree', input),
    values: async (field: ValueField, startsWith: string) =>
      (await api.call('exchanges.values', { field, startsWith })).values,
  };
}
