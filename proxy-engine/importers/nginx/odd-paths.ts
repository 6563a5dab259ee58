/** Paths that nginx makes plain before it looks for a location: rules here compare what the client wrote, so they are turned away. */
import { allOf, anyOf, escapePattern, inPortions, test } from '../expressions.ts';
import { withoutParentheses } from './conditions.ts';
import { isPattern, type Place } from './lookup.ts';
import { type Maps, pathsBehind } from './maps.ts';
import { isUnclear, pathPattern, withEscapedSlashes } from './path-patterns.ts';
import { addRoute, type Site } from './site.ts';
import { type Directive, last, named, whereOf } from './syntax.ts';

/** Empty segments, dot segments, escapes of letters that need none, and escapes that are none. */
const ODD = [
  '//',
  '/\\.\\.?(?:/|$)',
  '(?i)%(?:2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9A]|0[0A])',
  '(?i)%(?:[^0-9A-F]|[0-9A-F]?$|[0-9A-F][^0-9A-F])',
];

/** Letters that clients write either way. */
const EITHER_WAY = "!$&'()*+,;=:@~";

/** A server that treats all paths alike has nothing to get round; where locations differ, a path that nginx would read otherwise is 400. */
export function refuseOddPaths(site: Site): void {
  const { directive, draft, locations, block, ledger } = site;
  const places = locations.map(({ place }) => place).filter(({ path }) => !path.startsWith('@'));
  const differs = places.some(({ path, modifier }) => path !== '/' || modifier === '=') || hasFiles(site);
  const rewrites = block.some(({ name }) => name === 'rewrite' || name === 'if') || patternsOf(site).length > 0;
  const isMerged = named(block, 'merge_slashes').at(-1)?.words[0] !== 'off';
  ledger.settle(...named(block, 'merge_slashes'));
  // It answers all alike.
  if (last(block, 'return') && !block.some(({ name }) => name === 'rewrite' || name === 'if')) return;
  const isPlain = !differs && !rewrites;
  if (isPlain) noteRewritten(site);
  // What stands behind proxy_pass must not be left by dots.
  if (isPlain && !locations.some(({ location }) => location.block?.some(isMoving))) return;
  const patterns = [...oddPatterns(isMerged), ...lettersOf(site), ...escapesOf(site)];
  const names = inPortions([...patterns.map(pathTest), ...slashesOf(site)]).map((portion) => {
    const match = allOf([anyOf(portion), site.common.match]) ?? '';
    const respond = { status: 400, body: 'This path is written in an unusual way.\n' };
    return addRoute(site, directive, { ...site.common, match, respond }, `${site.label} odd paths`);
  });
  const name = names.join(', ');
  draft.approximate(
    site.at,
    'paths',
    `nginx decodes and normalises a path before it looks for a location, here it is compared as the client wrote it: the route ${name} answers 400 where that differs (//, dot segments, escaped letters and slashes); what $uri and $1 see stays escaped`,
  );
  if (isDoubtful(site))
    draft.approximate(
      site.at,
      'paths',
      `a pattern cannot be compared with escapes: the route ${name} answers 400 to all paths that have some`,
    );
}

function oddPatterns(isMerged: boolean): string[] {
  return isMerged ? ODD : ODD.slice(1);
}

function pathTest(pattern: string): string {
  return test('path', '~', pattern);
}

function hasFiles({ block, locations }: Site): boolean {
  const isFiles = ({ name }: { name: string }) => name === 'alias' || name === 'try_files' || name === 'root';
  return block.some(isFiles) || locations.some(({ location }) => location.block?.some(isFiles));
}

const ESCAPED_SLASH = '(?i)%2F';

/** `%2F`: names such as `group%2Fproject` go on to backends as they are, where it could not be the slash of a location. */
function slashesOf(site: Site): string[] {
  const { locations, block, maps } = site;
  const isPlain = [block, ...locations.map(({ location }) => location.block ?? [])].every(
    (each) => !each.some((directive) => isRewriting(directive, maps)),
  );
  const places = locations.map(({ place }) => place).filter(({ path }) => !path.startsWith('@'));
  const [patterns, paths] = [places.filter(isPattern), places.filter((place) => !isPattern(place))];
  if (!isPlain || servesFiles(site) || patterns.some(({ path }) => isUnclear(path))) return [pathTest(ESCAPED_SLASH)];
  const beginnings = paths.flatMap(({ path }) => withOneEscaped(path));
  const tests = ['(?i)(?:/|%2F|^)%2F|%2F/', '(?i)%2F\\.\\.?(?:/|%2F|$)|/\\.\\.?%2F', ...beginnings].map(pathTest);
  return [...tests, ...patterns.map(slashTest)];
}

/** The pattern of a location holds, or would where slashes came as such. */
function slashTest({ path, modifier }: Place): string {
  const mode = modifier === '~*' ? '~i' : '~';
  const either = [pathPattern(path).pattern, withEscapedSlashes(path)];
  const holds = [...new Set(either)].map((pattern) => test('path', mode, pattern)).join(' or ');
  return `(${pathTest(ESCAPED_SLASH)} and (${holds}))`;
}

/** Whether what is asked for may be a file; what only nginx leads to is none. */
function servesFiles({ block, locations }: Site): boolean {
  const isRooted = block.some(({ name }) => name === 'root' || name === 'try_files');
  const own = locations.map(({ location }) => location.block ?? []).filter((each) => !last(each, 'internal'));
  return (
    own.some((each) => each.some(({ name }) => name === 'alias' || name === 'try_files' || name === 'root')) ||
    (isRooted && (locations.length === 0 || own.some((each) => !isWithoutFiles(each))))
  );
}

/** It answers otherwise, or nobody may come. */
function isWithoutFiles(block: readonly Directive[]): boolean {
  const isClosed = block.some(({ name, words: [who] }) => name === 'deny' && who === 'all') && !last(block, 'allow');
  return isClosed || block.some(({ name }) => name === 'return' || name === 'proxy_pass' || name === 'grpc_pass');
}

/** What makes of a path something else than what came, or looks at it. */
function isRewriting(directive: Directive, maps: Maps): boolean {
  const { name, block = [] } = directive;
  if (name === 'rewrite' || isMoving(directive)) return true;
  return patternsIn([directive], maps).length > 0 || (name === 'if' && block.some((each) => isRewriting(each, maps)));
}

/** Whether what stands behind `proxy_pass` takes the place of a path. */
export function isMoving({ name, words: [first = ''] }: Directive): boolean {
  return name === 'proxy_pass' && /^\w+:\/\/[^/]+[/$]/i.test(first);
}

/** The path with each of its slashes but the first as an escape, the others either way. */
function withOneEscaped(path: string): string[] {
  const parts = path
    .slice(1)
    .split('/')
    .map((part) => escapePattern(encodeURI(part)));
  return parts.slice(1).map((_, i) => {
    const rest = parts.slice(i + 2);
    return `(?i)^/${[parts.slice(0, i + 1).join('(?:/|%2F)'), [parts[i + 1], ...rest].join('(?:/|%2F)')].join('%2F')}`;
  });
}

/** Letters of locations that clients may escape, and in which case they do. */
function lettersOf({ locations }: Site): string[] {
  const places = locations.map(({ place }) => place).filter(({ path }) => !path.startsWith('@'));
  const text = places.map((place) => (isPattern(place) ? meantIn(place.path) : place.path)).join('');
  const letters = [...EITHER_WAY].filter((letter) => text.includes(letter));
  const codes = letters.map((letter) => letter.charCodeAt(0).toString(16));
  const isEscaped = places.some((place) => !isPattern(place) && encodeURI(place.path) !== place.path);
  return [
    ...(codes.length > 0 ? [`(?i)%(?:${codes.join('|')})`] : []),
    ...(isEscaped ? ['%(?:[a-f]|.[a-f])', `[^!-~]|["${escapePattern('<>\\^`{|}')}]`] : []),
  ];
}

/** Letters of a pattern that stand for themselves. */
function meantIn(pattern: string): string {
  return pattern.replace(/\\(.)|\(\?<?[:=!]|[$()*+]/g, (_, escaped: string | undefined) => escaped ?? '');
}

/** Where a pattern cannot say what it holds for once it is escaped, nothing escaped is taken. */
function escapesOf(site: Site): string[] {
  const patterns = patternsOf(site);
  const isForBytes = patterns.some(isUnclear) || patterns.some((pattern) => /[^ -~]/.test(pattern));
  return [...(isDoubtful(site) ? ['%'] : []), ...(isForBytes ? ['[^!-~]'] : [])];
}

function isDoubtful(site: Site): boolean {
  return patternsOf(site).some(isUnclear);
}

/** All that paths are compared with. */
function patternsOf({ block, locations, maps }: Site): string[] {
  const places = locations.flatMap(({ place }) => (isPattern(place) ? [place.path] : []));
  const blocks = [block, ...locations.map(({ location }) => location.block ?? [])];
  return [...places, ...blocks.flatMap((each) => patternsIn(each, maps))];
}

function patternsIn(block: readonly Directive[], maps: Maps): string[] {
  return block.flatMap(({ name, words, block: inner = [] }) => {
    // What a map says counts where it is used.
    if (/^(?:location|map|geo|split_clients|log_format)$/.test(name)) return [];
    const mapped = words.flatMap((word) =>
      [...word.matchAll(/\$\{?(\w+)/g)].flatMap(([, variable]) => pathsBehind(`$${variable}`, maps)),
    );
    if (name === 'rewrite') return [...words.slice(0, 1), ...mapped];
    if (name !== 'if') return mapped;
    const [variable = '', ...asked] = withoutParentheses(words);
    const own = /^\$(?:document_)?uri$/.test(variable) ? asked.slice(-1) : [];
    return [...own, ...mapped, ...patternsIn(inner, maps)];
  });
}

/** Its one backend gets the path as the client wrote it. */
function noteRewritten({ locations, draft }: Site): void {
  for (const { location } of locations)
    for (const pass of location.block?.filter(({ name }) => name === 'proxy_pass') ?? [])
      if (/^\w+:\/\/[^/$]+\//.test(pass.words[0] ?? ''))
        draft.approximate(
          whereOf(pass),
          `proxy_pass ${pass.words[0]}`,
          'the path goes on as the client wrote it; nginx decodes it, and escapes anew what needs it',
        );
}
