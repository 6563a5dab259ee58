/** Caddyfile syntax: quoting, blocks, durations. */
import { Inexpressible } from '../notes.ts';

/** One token. In double quotes a backslash is itself, unless a quote follows; in backquotes everything is. */
export function quoted(text: string): string {
  if (text === '}') throw new Inexpressible('a brace alone has no spelling in a Caddyfile');
  if (/^[^\s"`#\\{}][^\s"`\\{}]*$/.test(text)) return text;
  // Before anything else is read, that is an environment variable.
  if (text.includes('{$')) throw new Inexpressible('`{$` has no spelling in a Caddyfile');
  if (!text.includes('"') && !text.endsWith('\\')) return `"${text}"`;
  if (!text.includes('`')) return `\`${text}\``;
  if (/\\(?:"|$)/.test(text)) throw new Inexpressible('a text with both kinds of quotes has no spelling here');
  return `"${text.replaceAll('"', '\\"')}"`;
}

/** The same as a value that is compared: bare, Caddy makes numbers and truth values of `1.0`, `01` and `t`; braces are no placeholder. */
export function textToken(text: string): string {
  const token = quoted(text.includes('{') ? text.replace(/[{}]/g, '\\$&') : text);
  return /^["`]/.test(token) ? token : `"${token}"`;
}

export function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => (line === '' ? line : `\t${line}`)), '}'];
}

/**
 * Only inside `route` does Caddy keep the order of directives; `name`: for what that matcher holds for. Of several `handle` in one, Caddy
 * takes the first that holds from 2.7 on, and before all of them.
 */
export function inOrder(lines: readonly string[], name?: string): string[] {
  return block(name === undefined ? 'route' : `route @${name}`, lines);
}
