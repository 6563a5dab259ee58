/** Actions in the smallest parts, so that one header that a target cannot write does not take the others along. */
import type { RequestActionConfig, ResponseActionConfig } from '../contract/config.ts';

export interface ActionPart<A> {
  /** Where in the rule: `request[0].set.x-user`. */
  at: string;
  /** Of the headers that one action sets or appends, one. */
  action: A;
  what: string;
}

export function partsOf<A extends RequestActionConfig | ResponseActionConfig>(
  side: 'request' | 'response',
  actions: readonly A[],
): ActionPart<A>[] {
  return actions.flatMap((action, i) => {
    const at = `${side}[${i}]`;
    if ('set' in action) return headersOf('set', action.set, at) as ActionPart<A>[];
    if ('append' in action) return headersOf('append', action.append, at) as ActionPart<A>[];
    return [{ at, action, what: Object.keys(action).join() }];
  });
}

function headersOf(
  verb: 'set' | 'append',
  headers: Record<string, string>,
  at: string,
): ActionPart<RequestActionConfig>[] {
  return Object.entries(headers).map(([name, text]) => {
    const one = { [name]: text };
    return {
      at: `${at}.${verb}.${name}`,
      action: verb === 'set' ? { set: one } : { append: one },
      what: `${verb} ${name}`,
    };
  });
}
