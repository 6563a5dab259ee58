/** `return` as a route that answers or redirects. */
import type { Draft, DraftAction, DraftRoute } from '../draft.ts';
import { allOf } from '../expressions.ts';
import type { Directive } from './syntax.ts';
import { valueOf } from './values.ts';

export interface ReturnContext {
  draft: Draft;
  name: string;
  common: DraftRoute;
}

/** The names of the routes that it makes; `files`: what answers instead of them. */
export function addReturn(
  directive: Directive,
  { draft, name, common }: ReturnContext,
): { routes: string[]; files?: DraftAction[] } {
  const at = `line ${directive.line}`;
  const { status, location, text } = readReturn(directive);
  if (location !== undefined) return { routes: addRedirectRoutes(at, { status, location }, { draft, name, common }) };
  // A text has no groups here.
  const body = text === undefined ? undefined : /\$\{?\d/.test(text) ? null : valueOf(text);
  if (body === null)
    draft.refuse(
      at,
      ['return', ...directive.words].join(' '),
      'its text has a variable that values here do not have; it answers without',
    );
  // 444 is no answer at all.
  const respond = { status: status === 444 ? 502 : status, ...(typeof body === 'string' && { body }) };
  const routes = [draft.addRoute(at, name, { ...common, respond })];
  return { routes, ...(status === 444 && { files: [{ abort: 'close' as const }] }) };
}

/** A query comes with its question mark, or not at all: that takes a route for each. */
export function addRedirectRoutes(
  at: string,
  { status, location }: { status: number; location: string },
  { draft, name, common }: ReturnContext,
): string[] {
  return destinationsOf(location).map(({ when, to }) => {
    const match = allOf([common.match, when]);
    return draft.addRoute(at, name, {
      ...common,
      ...(match !== undefined && { match }),
      redirect: { status, location: to },
    });
  });
}

function readReturn({ words }: Directive): { status: number; location?: string; text?: string | undefined } {
  const [first = '404', text] = words;
  const status = Number(first);
  if (Number.isNaN(status)) return { status: 302, location: first };
  const isRedirect = [301, 302, 303, 307, 308].includes(status) && text !== undefined;
  return isRedirect ? { status, location: text } : { status, text };
}

function destinationsOf(written: string): { when?: string; to: string }[] {
  const plain = (text: string) => text.replace(/\$\{?\w+\}?/g, (found) => valueOf(found) ?? found);
  if (!/\$(request_uri\b|\{request_uri\}|is_args\b)/.test(written)) return [{ to: plain(written) }];
  const full = written.replace(/\$request_uri\b|\$\{request_uri\}/g, '$uri$is_args$args');
  return [
    { when: 'query != ""', to: plain(full.replaceAll('$is_args', '?')) },
    { to: plain(full.replace(/\$(is_args|args|query_string)\b/g, '')) },
  ];
}
