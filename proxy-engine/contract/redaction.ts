/** What `capture.redact` keeps from leaving the program: values of headers in files, copies and exports. */
import type { HeaderLines } from './exchange.ts';

export const REDACTED = '[redacted]';

/** Whether the value of a header of that name stays here. `patterns`: names, `*` stands for anything; the case does not matter. */
export function secretNames(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map((pattern) => new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 'i'));
  return (name) => expressions.some((expression) => expression.test(name));
}

function escaped(text: string): string {
  return text.replace(/[.+^$|]/g, '\\$&');
}

/** The lines with the values of secret ones replaced. */
export function redactLines(lines: HeaderLines, isSecret: (name: string) => boolean): HeaderLines {
  return lines.map(([name, value]) => [name, isSecret(name) ? REDACTED : value]);
}
