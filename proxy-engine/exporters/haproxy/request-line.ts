/** Path and query, and values that are replaced by pattern. */
import { type Condition, type Subject, testsOf } from '../condition.ts';
import { Inexpressible } from '../notes.ts';
import { groupCount, isAnchored, patternText } from '../pattern.ts';
import type { Plan } from '../plan.ts';
import { asPath, escapePath, readValue, type ValuePart } from '../value.ts';
import { format, when, word } from './text.ts';

/** Every one has a port, where conditions ask for it. */
export function portLines(plan: Plan): string[] {
  if (!asks(plan, 'port')) return [];
  const standard = '"%[var(txn.to)]:%[ssl_fc,iif(443,80)]"';
  return [`http-request set-var-fmt(txn.to) ${standard} if { var(txn.to),port_only -m int 0 }`];
}

/** The whole URL, where conditions ask for it. */
export function urlLines(plan: Plan): string[] {
  if (!asks(plan, 'url')) return [];
  return ['http-request set-var-fmt(txn.url) "%[ssl_fc,iif(https,http)]://%[var(txn.to)]%[pathq]"'];
}

function asks({ routes, rules }: Plan, kind: Subject['kind']): boolean {
  const tests = [...routes, ...rules].flatMap(({ condition }) => [...testsOf(condition)]);
  return tests.some((test) => test.kind !== 'status' && test.subject.kind === kind);
}

/** Every match replaced, as one format string. */
export function substitute(sample: string, pattern: string, parts: readonly ValuePart[]): string {
  if (/['"]/.test(pattern)) throw new Inexpressible('a quote in the pattern has no spelling here');
  const replacement = parts.map((part) => {
    if (typeof part !== 'string' && 'group' in part) return `\\${part.group}`;
    if (typeof part !== 'string' || /['"\\]/.test(part))
      throw new Inexpressible('HAProxy puts texts and groups into a replacement, no variables');
    return part;
  });
  return word(`%[${sample},regsub('${patternText(pattern)}','${replacement.join('')}',g)]`);
}

export function pathLine(
  action: { set: string } | { replace: string; with: string },
  holds: Condition | string,
): string {
  if ('set' in action) return `http-request set-path ${format(asPath(readValue(action.set)))}${when(holds)}`;
  const parts = readValue(action.with).map((part) => (typeof part === 'string' ? escapePath(part) : part));
  if (!isAnchored(action.replace))
    return `http-request set-path ${substitute('path', action.replace, parts)}${when(holds)}`;
  const rest = groupCount(action.replace) + 1;
  const target = [...parts, { group: rest }];
  const pattern = `${patternText(action.replace).replace(/\$$/, '')}${action.replace.endsWith('$') ? '()$' : '(.*)$'}`;
  return `http-request replace-path ${word(pattern)} ${format(target, (n) => `\\${n}`)}${when(holds)}`;
}

export function queryLines(
  plan: Plan,
  { set, delete: gone }: { set: Record<string, string>; delete: string[] },
  holds: Condition | string,
  path: string,
): string[] {
  plan.notes.approximate(
    path,
    'query',
    'set parameters move to the end; letters and digits of their names are looked for as they are, not encoded',
  );
  const removals = [...gone, ...Object.keys(set)].map((name) => {
    const escaped = encodeURIComponent(name)
      .replaceAll("'", '%27')
      .replace(/[.*()!]/g, '\\$&');
    return `http-request set-query ${word(`%[query,regsub('(^|&)${escaped}(=[^&]*)?(?=&|$)','',g),regsub('^&','')]`)}${when(holds, ['{ query -m found }'])}`;
  });
  const additions = Object.entries(set).flatMap(([name, text]) => {
    const value = format(
      readValue(text).map((part) => (typeof part === 'string' ? encodeURIComponent(part) : part)),
    ).replace(/^"|"$/g, '');
    const pair = `${encodeURIComponent(name).replaceAll('%', '%%')}=${value}`;
    return [
      `http-request set-query ${word(`%[query]&${pair}`)}${when(holds, ['{ query -m len gt 0 }'])}`,
      `http-request set-query ${word(pair)}${when(holds, ['!{ query -m len gt 0 }'])}`,
    ];
  });
  // A question mark alone goes, too.
  const whole = `http-request set-pathq %[path]${when(holds, ['!{ query -m len gt 0 }'])}`;
  return [...removals, ...additions, whole];
}
