/** `rewrite` that answers with another address, as routes of their own. */
import type { Draft, DraftRoute } from '../draft.ts';
import { allOf, test } from '../expressions.ts';
import { addRedirectRoutes } from './returns.ts';
import type { Directive } from './syntax.ts';
import { valueOf } from './values.ts';

export function isRedirect({ name, words: [, to = '', flag = ''] }: Directive): boolean {
  return name === 'rewrite' && (flag === 'permanent' || flag === 'redirect' || /^(https?:|\$scheme)/.test(to));
}

interface RedirectContext {
  draft: Draft;
  at: string;
  /** Of the location that they are in. */
  name: string;
  common: DraftRoute;
  /** Where the location holds. */
  where: string | undefined;
}

/** Whether there are any. Their routes stand before that of the location. */
export function addRedirects(block: readonly Directive[], context: RedirectContext): boolean {
  const redirects = block.filter(isRedirect);
  for (const { words, line } of redirects) {
    const [pattern = '', to = '', flag] = words;
    if (valueOf(to) === null && !/\$request_uri|\$is_args/.test(to)) {
      context.draft.refuse(`line ${line}`, ['rewrite', ...words].join(' '), 'its address has an unknown variable');
      continue;
    }
    // The groups of an address are those of the first pattern.
    const match = allOf([test('path', '~', pattern), context.where]);
    const location = to.endsWith('?') ? to.slice(0, -1) : withQuery(to);
    const common = { ...context.common, ...(match !== undefined && { match }) };
    const status = flag === 'permanent' ? 301 : 302;
    addRedirectRoutes(`line ${line}`, { status, location }, { ...context, name: `${context.name} moved`, common });
  }
  return redirects.length > 0;
}

/** nginx puts the query of the request behind that of the address. */
function withQuery(to: string): string {
  return to.includes('?') ? `${to}&$args` : `${to}$is_args$args`;
}
