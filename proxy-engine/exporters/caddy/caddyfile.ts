/** Caddy: a site a listener; it finds the route first, then applies the rules in order, then goes to a pool or answers. */
import { splitAddress } from '../../downstream/address.ts';
import type { Condition } from '../condition.ts';
import { HOST_PATTERN } from '../host-pattern.ts';
import { noteBrackets } from '../lookups.ts';
import { commentLines } from '../notes.ts';
import { listenerIs, type Plan, type PlannedListener } from '../plan.ts';
import { writesHosts } from '../rule-order.ts';
import { noteAlways } from './always.ts';
import { matcher } from './conditions.ts';
import { authorityOptions, serverOptions, tlsLines } from './listeners.ts';
import { mapsFor } from './placeholders.ts';
import { choicesOf, destinations } from './routes.ts';
import { ruleLines } from './rules.ts';
import { block, inOrder, textToken } from './text.ts';

export function exportCaddy(plan: Plan): string {
  noteAlways(plan);
  noteBrackets(plan);
  const global = block('', [
    'admin off',
    'auto_https disable_redirects',
    ...authorityOptions(plan.listeners),
    ...plan.listeners.flatMap((listener) => serverOptions(plan, listener)),
  ]).map((line) => (line.trimStart() === '{' ? '{' : line));
  const sites = plan.listeners.flatMap((listener) => ['', ...site(plan, listener)]);
  const title = `Made by Switchyard for Caddy ${plan.version}. Save it as Caddyfile.`;
  // Environment variables are read in comments, too.
  const head = commentLines(plan.notes, title).map((line) => line.replaceAll('{$', '{ $'));
  return `${[...head, ...global, ...sites].join('\n')}\n`;
}

function site(plan: Plan, listener: PlannedListener): string[] {
  const { host, port } = splitAddress(listener.config.address);
  const scheme = listener.config.tls ? 'https' : 'http';
  const here = listenerIs(listener.name);
  const rules = ruleLines(plan, here);
  const choices = choicesOf(plan, here);
  const lines = [
    'vars route ""',
    'vars pool ""',
    // In such a block, the first of several `handle` that holds is the only one.
    ...block(
      'handle',
      choices.flatMap((choice) => choice.lines),
    ),
    ...(writesHosts(plan) ? ['vars client_host {http.request.hostport}'] : []),
    ...rules.request,
    ...rules.response,
    ...rules.answers,
    ...destinations(
      plan,
      choices.map(({ route }) => route),
    ),
    'respond "no route holds" 404',
  ];
  const asksListener = [...lines, ...rules.errors].some((line) => line.includes('{http.vars.listener}'));
  return block(`${scheme}://:${port}`, [
    `bind ${host}`,
    ...tlsLines(plan, listener),
    ...inOrder([
      ...hostCheck(),
      'vars host {http.request.host}',
      'vars hostport {http.request.hostport}',
      ...(asksListener ? [`vars listener ${textToken(listener.name)}`] : []),
      ...mapsFor([...lines, ...rules.errors], scheme === 'https'),
      ...lines,
    ]),
    ...errorLines(plan, rules.errors),
  ]);
}

function hostCheck(): string[] {
  const isHost: Condition = {
    kind: 'test',
    subject: { kind: 'header', name: 'host' },
    comparison: 'regex',
    value: HOST_PATTERN,
    ignoreCase: false,
  };
  return [matcher('no_host', { kind: 'not', of: isHost }), 'respond @no_host "bad request" 400'];
}

const AS_SENT = /\{wire\.path\}|\{http\.request\.(?:uri\.query|method)\}/;

/** Answers to errors, when a backend could not be reached, do not pass what is in `route`. */
function errorLines({ rules: all, notes }: Plan, rules: readonly string[]): string[] {
  const rewrites = all.some(({ config }) =>
    config.request.some((action) => 'path' in action || 'query' in action || 'method' in action),
  );
  if (rewrites && rules.some((line) => AS_SENT.test(line)))
    notes.approximate(
      'rules',
      '$path, $query and $method in the answer to an error',
      'Caddy has them as the client sent them there, not as rules changed them',
    );
  const answer = 'respond * "{http.error.status_code} {http.error.status_text}" {http.error.status_code}';
  return block('handle_errors', inOrder([...rules, answer]));
}
