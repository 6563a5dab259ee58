/** What a `location` does to heads, paths and rates, as rules of its routes. */
import type { DraftAction, DraftRule } from '../draft.ts';
import { allOf, oneOf, test } from '../expressions.ts';
import { mistakeIn } from '../mistakes.ts';
import { type Answer, type Content, NO_STEPS, type Rewritten } from './content.ts';
import { addedHeaders, hiddenHeaders, sentHeaders } from './header-lines.ts';
import { limitsOf, settleLimits } from './limits.ts';
import type { Site } from './site.ts';

/** `content` null: nothing but answers. */
export function addRules(site: Site, { answers, actions, before }: Rewritten, content: Content | null): void {
  for (const rule of before.filter(({ match }) => match?.startsWith('route'))) addRule(site, rule);
  if (content) {
    const own = before.filter(({ match }) => !match?.startsWith('route'));
    addContentRules(site, content, { ...NO_STEPS, actions, before: own });
  }
  for (const answer of answers) addAnswerRules(site, answer);
}

function addAnswerRules(site: Site, { routes, directives }: Answer): void {
  for (const rule of addedHeaders(directives, site)) addRule(site, on(routes, rule));
}

function addContentRules(site: Site, content: Content, { actions, before }: Rewritten): void {
  const { routes, passing, passed, files, rewritten } = content;
  const limits = limitsFor(content, site);
  const sent = passed ? sentHeaders(passing, passed.prefix) : { actions: [], before: [], first: [] };
  // A rule has one limit.
  const plain = limits.find(({ match }) => match === undefined);
  for (const limited of limits) if (limited !== plain) addRule(site, on(routes, limited));
  for (const rule of [...sent.first, ...before, ...(rewritten?.before ?? []), ...sent.before])
    addRule(site, on(routes, rule));
  const request = [
    ...actions,
    ...files,
    ...(rewritten?.actions ?? []),
    ...sent.actions,
    ...(passed?.actions ?? []),
    // Last: values before it have the client's.
    ...(passed?.host === undefined ? [] : [{ set: { Host: passed.host } }]),
  ];
  noteHash(content, site, request);
  const hidden = passed ? hiddenHeaders(passing, passed.prefix) : [];
  const response = [...(passed?.redirects ?? []), ...hidden];
  addRule(site, on(routes, { ...plain, request, response }));
  for (const rule of content.perPool ?? []) addRule(site, on(routes, rule));
  for (const rule of answeredHeaders(content, site)) addRule(site, on(routes, rule));
}

function limitsFor({ isReturned, passing }: Content, site: Site): ReturnType<typeof limitsOf> {
  if (isReturned) {
    settleLimits(site);
    return [];
  }
  const own = limitsOf(site);
  return own.length > 0 || passing === site ? own : limitsOf(passing);
}

/** Files have the lines of the location, what its route answers those of the one that it went on to. */
function answeredHeaders({ passing, files }: Content, site: Site): DraftRule[] {
  const theirs = addedHeaders(passing.directives, passing);
  if (passing === site || files.length === 0) return theirs;
  const own = addedHeaders(site.directives, site);
  if (JSON.stringify(own) === JSON.stringify(theirs)) return theirs;
  return [...own.map((rule) => when('mocked', rule)), ...theirs.map((rule) => when('not mocked', rule))];
}

/** nginx takes the request as it came; here a pool sees what rules have made of it. */
function noteHash({ passed, passing }: Content, { draft, at }: Site, request: readonly DraftAction[]): void {
  const hash = passed ? draft.pools.get(passed.pool)?.value.hash : undefined;
  if (!hash) return;
  const isPath = (hash.on === 'uri' || hash.on === 'path') && request.some((action) => 'path' in action);
  const name = hash.on === 'header' ? hash.name?.toLowerCase() : undefined;
  const isHeader = request.some(
    (action) => 'set' in action && Object.keys(action.set).some((key) => key.toLowerCase() === name),
  );
  if (isPath || isHeader)
    draft.approximate(
      at,
      `location ${passing.place.path}`,
      'the pool picks by what is sent to it, nginx by what came from the client',
    );
}

function on(routes: readonly string[], rule: DraftRule): DraftRule {
  return when(oneOf('route', routes), rule);
}

function when(condition: string, { match, ...rule }: DraftRule): DraftRule {
  return { match: allOf([condition, match]) ?? condition, ...rule };
}

/** Without what the config would not take, which is told. */
function addRule(site: Site, { request = [], response = [], ...rule }: DraftRule): void {
  const { draft, at, name } = site;
  const taken = {
    request: request.flatMap((action) => (isTaken(site, { request: [action] }) ? [action] : instead(action))),
    response: response.filter((action) => isTaken(site, { response: [action] })),
  };
  const made = {
    ...rule,
    ...(taken.request.length > 0 && { request: taken.request }),
    ...(taken.response.length > 0 && { response: taken.response }),
  };
  if (Object.keys(made).length > 1) draft.addRule(at, name, made);
}

/** A line that cannot be set is not the client's either. */
function instead(action: DraftAction): DraftAction[] {
  const removal = 'set' in action ? { delete: Object.keys(action.set) } : null;
  return removal && mistakeIn({ rules: [{ name: 'x', request: [removal] }] }) === null ? [removal] : [];
}

function isTaken({ draft, at }: Site, part: Pick<DraftRule, 'request' | 'response'>): boolean {
  const why = mistakeIn({
    rules: [{ name: 'x', match: part.request ? undefined : test('status', '=', '200'), ...part }],
  });
  const [name = '', value] = Object.entries(part.request?.[0] ?? part.response?.[0] ?? {})[0] ?? [];
  if (why !== null) draft.refuse(at, [name, ...Object.entries(value as object).flat()].join(' '), why);
  return why === null;
}
