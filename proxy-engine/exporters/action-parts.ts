/** Actions in the smallest parts, so that one header that a target cannot write does not take the others along. */
import type { RequestActionConfig, ResponseActionConfig } from '../contract/config.ts';
import { withCharacters } from '../match/characters.ts';

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

/** Without what follows an answer or an abort, which never acts. */
export function actingOf<A extends RequestActionConfig | ResponseActionConfig>(actions: readonly A[]): A[] {
  const last = actions.findIndex((action) => 'respond' in action || 'abort' in action);
  return (last < 0 ? actions : actions.slice(0, last + 1)).map(inCharacters);
}

/** Other engines take the numbers of characters in patterns for bytes, or not at all. */
function inCharacters<A extends RequestActionConfig | ResponseActionConfig>(action: A): A {
  if ('path' in action && 'replace' in action.path)
    return { ...action, path: { ...action.path, replace: withCharacters(action.path.replace) } };
  if (!('replaceHeader' in action)) return action;
  const { replaceHeader } = action;
  return { ...action, replaceHeader: { ...replaceHeader, replace: withCharacters(replaceHeader.replace) } };
}
