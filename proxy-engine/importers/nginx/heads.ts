/** What nginx makes of heads before it looks for a server: header names that it drops, and hosts that it makes plain. */
import { oneOf, test } from '../expressions.ts';
import type { Hosts, NamedServer } from './server-names.ts';
import type { File } from './site.ts';
import { type Directive, last, named } from './syntax.ts';

/** nginx drops lines whose names are not letters, digits and hyphens; programs take `X_User` for `X-User`. `listeners`: with their default servers. */
export function dropOddHeaders(
  listeners: ReadonlyMap<string, NamedServer>,
  all: readonly NamedServer[],
  file: File,
): void {
  const { draft, ledger } = file;
  const defaults = new Set(listeners.values());
  for (const server of all) {
    ledger.settle(...named(server.block, 'underscores_in_headers'));
    const own = last(server.directive.block ?? [], 'underscores_in_headers');
    if (own && !defaults.has(server)) ledger.approximate(own, 'the default server of an address decides for all there');
  }
  const isOn = ({ block }: NamedServer) => last(block, 'underscores_in_headers')?.words[0] === 'on';
  for (const [dropped, found] of [
    [['*_*', '*.*'], [...listeners].filter(([, server]) => !isOn(server))],
    [['*.*'], [...listeners].filter(([, server]) => isOn(server))],
  ] as const)
    if (found.length > 0)
      draft.addRule('headers', 'nginx header names', {
        match: oneOf(
          'listener',
          found.map(([name]) => name),
        ),
        request: [{ delete: [...dropped] }],
      });
}

/** nginx takes `a.test.` for `a.test`; hosts here are compared as they came, so it would go to the server that takes any. */
export function refuseOddHosts(ordered: readonly Hosts[], listeners: readonly string[], { draft }: File): void {
  const [first] = ordered;
  const differs = ordered.some(({ host, server }) => typeof host === 'string' || asksForHost(server.block));
  if (!first || !differs) return;
  const route = { ...(listeners.length > 0 && { listeners: [...listeners] }), match: test('host', '$=', '.') };
  const at = `line ${first.server.directive.line}`;
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
