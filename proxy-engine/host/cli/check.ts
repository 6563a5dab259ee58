import { startsSlowly } from '../../balancer/slow-start.ts';
import { ConfigError } from '../../config-error.ts';
import type { RuleConfig } from '../../contract/config.ts';
import { type NamedField, namesAsked } from '../../contract/expression/names.ts';
import { nearest } from '../../contract/expression/nearest-word.ts';
import { parseExpression } from '../../contract/expression/parse.ts';
import { printValue } from '../../contract/expression/print.ts';
import { formatIssue } from '../config/load.ts';
import { type ReadConfig, readConfigText, readConfigWithShared, UnreadableFile } from '../config-file.ts';
import { SharedSets } from '../shared/shared-sets.ts';
import { CliFailure } from './failure.ts';

/** Prints every mistake of the file on a line of its own, or what it declares when there is none. */
export async function check(file: string): Promise<void> {
  const shared = new SharedSets(null);
  try {
    const { config } = await readConfigWithShared(readConfigText(file), shared);
    process.stdout.write(`${file}: ok: ${summary(config)}\n`);
    for (const line of notesOn(config)) process.stdout.write(`${file}: note: ${line}\n`);
  } catch (error) {
    if (error instanceof UnreadableFile) throw new CliFailure(2, error.message, { cause: error });
    if (!(error instanceof ConfigError)) throw error;
    for (const issue of error.issues) process.stdout.write(`${formatIssue(issue)}\n`);
    throw new CliFailure(1, '', { cause: error });
  } finally {
    await shared.close();
  }
}

/** What is right but does not do what it seems to. */
function notesOn(config: ReadConfig['config']): string[] {
  const { pools, routes, rules } = config;
  const slowStarts = Object.entries(pools)
    .filter(([, { policy, slowStart }]) => slowStart && !startsSlowly(policy))
    .map(([name, { policy }]) => `pools.${name}.slowStart has no effect with ${policy}; take it out`);
  const splits = routes
    .filter(({ split }) => split?.every(({ weight }) => weight === 0))
    .map(
      ({ name, split }) => `route ${name}: all weights of its split are 0, so that ${split?.[0]?.pool} gets all of it`,
    );
  return [...slowStarts, ...splits, ...rules.flatMap(behindTheLast), ...unheardNames(config)];
}

/** An answer or an abort ends the actions of its list. */
function behindTheLast({ name, request, response }: RuleConfig): string[] {
  return [request, response].flatMap((actions) => {
    const last = actions.findIndex((action) => 'respond' in action || 'abort' in action);
    const behind = last < 0 ? [] : actions.slice(last + 1);
    if (behind.length === 0) return [];
    const [ends, never] = [keyOf(actions[last]), behind.map(keyOf).join(', ')];
    return [`rule ${name}: ${never} behind ${ends} never acts; put it before`];
  });
}

/** Conditions that ask for what nothing is called. */
function unheardNames({ listeners, routes, rules, pools }: ReadConfig['config']): string[] {
  const known: Record<NamedField, string[]> = {
    listener: Object.keys(listeners),
    route: routes.map(({ name }) => name),
    pool: Object.keys(pools),
    rule: rules.map(({ name }) => name),
  };
  const conditions = [
    ...Object.entries(listeners).map(([name, { intercept }]) => [`intercept of listener ${name}`, intercept] as const),
    ...routes.map(({ name, match }) => [`route ${name}`, match] as const),
    ...rules.map(({ name, match }) => [`rule ${name}`, match] as const),
  ];
  return conditions.flatMap(([where, text]) => {
    const parsed = text === undefined ? null : parseExpression(text);
    const asked = parsed?.ok ? [...namesAsked(parsed.expression)] : [];
    return asked
      .filter(({ field, name }) => !known[field].includes(name))
      .map(({ field, name }) => {
        const near = nearest(name, known[field]);
        const hint = near === undefined ? '' : `; did you mean ${near}?`;
        return `${where}: ${field} = ${printValue(name)} never holds, as no ${field} is called so${hint}`;
      });
  });
}

function keyOf(action: object = {}): string {
  return Object.keys(action)[0] ?? '';
}

function summary(config: ReadConfig['config']): string {
  const counts: [number, string][] = [
    [Object.keys(config.listeners).length, 'listener'],
    [config.routes.length, 'route'],
    [Object.keys(config.pools).length, 'pool'],
    [config.rules.length, 'rule'],
  ];
  return counts.map(([count, what]) => `${count} ${what}${count === 1 ? '' : 's'}`).join(', ');
}
