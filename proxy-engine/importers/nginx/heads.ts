/** What nginx makes of heads before it looks for a server: methods that it refuses, header names that it drops, and hosts that it makes plain. */
import { allOf, oneOf, test } from '../expressions.ts';
import type { Hosts, NamedServer } from './server-names.ts';
import type { File } from './site.ts';
import { type Directive, last, named, whereOf } from './syntax.ts';

/**
 * nginx answers TRACE with 405 and `OPTIONS *` with 400, and drops lines whose names are not letters, digits and hyphens; programs take `X_User` for `X-User`.
 * Comes when all routes are there, and acts before all rules. `listeners`: with their default servers.
 */
export function addHeadRules(
  listeners: ReadonlyMap<string, NamedServer>,
  all: readonly NamedServer[],
  file: File,
): void {
  const { draft, ledger } = file;
  const defaults = new Set(listeners.values());
  for (const server of all)
    for (const name of ['underscores_in_headers', 'ignore_invalid_headers']) {
      ledger.settle(...named(server.block, name));
      const own = last(server.directive.block ?? [], name);
      if (own && !defaults.has(server))
        ledger.approximate(own, 'the default server of an address decides for all there');
    }
  const isOn = ({ block }: NamedServer) => last(block, 'underscores_in_headers')?.words[0] === 'on';
  const namesOf = (found: [string, NamedServer][]) => found.map(([name]) => name);
  const strict = [...listeners].filter(([, { block }]) => last(block, 'ignore_invalid_headers')?.words[0] !== 'off');
  const without = namesOf(strict.filter(([, server]) => !isOn(server)));
  const having = namesOf(strict.filter(([, server]) => isOn(server)));
  for (const match of cameTo(having, file))
    draft.addFirstRule('headers', 'nginx header names', { match, request: [{ delete: ['*.*'] }] });
  for (const match of cameTo(without, file))
    draft.addFirstRule('headers', 'nginx header names', { match, request: [{ delete: ['*_*', '*.*'] }] });
  for (const match of cameTo([...listeners.keys()], file)) {
    const trace = allOf([match, test('method', '=', 'TRACE')]) ?? '';
    draft.addFirstRule('methods', 'nginx methods', { match: trace, request: [{ respond: { status: 405 } }] });
    const noPath = allOf([match, test('path', '=', '*')]) ?? '';
    draft.addFirstRule('methods', 'nginx methods', { match: noPath, request: [{ respond: { status: 400 } }] });
  }
}

/** At listeners of the config that it is added to, only what came to the routes of the file. */
function cameTo(listeners: readonly string[], { draft, into }: File): string[] {
  const isKnown = (name: string) => into !== null && name in into.listeners;
  const fresh = listeners.filter((name) => !isKnown(name));
  const routes = draft.routes.filter(({ value }) =>
    value.listeners?.some((name) => listeners.includes(name) && isKnown(name)),
  );
  return [
    ...(fresh.length > 0 ? [oneOf('listener', fresh)] : []),
    ...(routes.length > 0
      ? [
          oneOf(
            'route',
            routes.map(({ value }) => value.name),
          ),
        ]
      : []),
  ];
}

/** nginx takes `a.test.` for `a.test`; hosts here are compared as they came, so it would go to the server that takes any. */
export function refuseOddHosts(ordered: readonly Hosts[], listeners: readonly string[], { draft }: File): void {
  const [first] = ordered;
  const differs = ordered.some(({ host, server }) => typeof host === 'string' || asksForHost(server.block));
  if (!first || !differs) return;
  const route = { ...(listeners.length > 0 && { listeners: [...listeners] }), match: test('host', '$=', '.') };
  const at = whereOf(first.server.directive);
  const name = draft.addRoute(at, 'odd hosts', { ...route, respond: { status: 400 } });
  draft.approximate(
    at,
    'hosts',
    `nginx leaves out a dot at the end of a host: the route ${name} answers 400 to such hosts`,
  );
}

function asksForHost(block: readonly Directive[]): boolean {
  return block.some(
    ({ name, words, block: inner = [] }) =>
      (name === 'if' && words.some((word) => word.includes('$host'))) || asksForHost(inner),
  );
}
