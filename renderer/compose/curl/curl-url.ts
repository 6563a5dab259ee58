/** URLs as curl reads them. */

export function withQuery(url: string, parts: readonly string[]): string {
  const query = parts.filter((part) => part !== '').join('&');
  if (query === '') return url;
  const [before = '', fragment] = url.split('#', 2);
  const separator = before.includes('?') ? '&' : '?';
  return `${before}${separator}${query}${fragment === undefined ? '' : `#${fragment}`}`;
}

/** What curl would make several URLs of: `{a,b}`, `[1-3]`; an address in brackets is none. */
export function globIn(url: string): string | undefined {
  const afterHost = url.replace(/^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?\[[0-9a-f:.]*\]/i, '');
  return /\{[^{}]*\}|\[[^\][]+-[^\][]+\]/.exec(afterHost)?.[0];
}

/** As curl does without --path-as-is (RFC 3986 §5.2.4). */
export function withoutDots(url: string): string {
  const [, origin = '', path = '', rest = ''] = /^([^:]*:\/\/[^/?#]*)([^?#]*)(.*)$/s.exec(url) ?? [];
  if (!/(?:^|\/)\.{1,2}(?:\/|$)/.test(path)) return url;
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (isLast && (segment === '.' || segment === '..')) kept.push('');
  }
  return `${origin}/${kept.join('/')}${rest}`;
}
