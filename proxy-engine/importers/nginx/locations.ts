/** `location` blocks as routes, and as rules what they do to heads. */
import { posix } from 'node:path';
import type { DraftRoute } from '../draft.ts';
import { allOf } from '../expressions.ts';
import {
  closeExcepted,
  closeNamed,
  closeRoutes,
  closeUnread,
  exceptedSite,
  exceptsOf,
  hideInternal,
  isClosed,
  isGuarded,
  settleAccess,
} from './access.ts';
import { type Content, NO_STEPS, type Rewritten } from './content.ts';
import { otherContent } from './guards.ts';
import { type Detour, indexDetours } from './index-files.ts';
import { inEffect } from './inheritance.ts';
import { written } from './ledger.ts';
import { addRules } from './location-rules.ts';
import { conditionsOf, type Found, isPattern, locationFor } from './lookup.ts';
import { readablePattern } from './patterns.ts';
import { passOf } from './proxy-pass.ts';
import { isRedirect } from './returns.ts';
import { readRewrites } from './rewrites.ts';
import { addRoute, NOT_IMPORTED, type Server, type Site } from './site.ts';
import { sharedOut, splitIn } from './splits.ts';
import { type Files, filesOf } from './static-files.ts';
import { last, named, whereOf } from './syntax.ts';
import { variantsOf } from './variants.ts';

/** `isWhole`: it stands for the server itself. */
export function siteAt(found: Found, server: Server, isWhole = false): Site {
  const { location, place, around } = found;
  const blocks = isWhole ? [] : [...around.map((each) => each.location), location].map(({ block = [] }) => block);
  const directives = blocks.reduce((outer, block) => inEffect(outer, block, server.ledger), server.block);
  const match = allOf([server.host, ...(isWhole ? [] : conditionsOf(found))]);
  const { listeners } = server;
  const common: DraftRoute = { ...(listeners.length > 0 && { listeners }), ...(match !== undefined && { match }) };
  const name =
    [server.label, place.path]
      .join(' ')
      .replace(/[^\w.-]+/g, ' ')
      .trim() || 'default';
  return { ...server, at: whereOf(location), name, place, isWhole, found, directives, common };
}

export function readLocation(found: Found, server: Server): void {
  const { location, place } = found;
  // One with a name is read where something goes on to it.
  if (place.path.startsWith('@')) return;
  const site = siteAt(found, server);
  if (!isReadable(found)) return closeUnreadable(site);
  server.ledger.settle(location);
  if (!hideInternal(site)) readContent(site);
}

/** Also one inside of another whose pattern is not: it would be reached by more than in nginx. */
function isReadable({ place, around }: Found): boolean {
  const places = [...around.map((each) => each.place), place];
  return places.every((each) => !isPattern(each) || readablePattern(each.path).isExact);
}

export function readContent(site: Site): void {
  const closed = site.isWhole ? [] : closeUnread(site);
  const excepted = closeExcepted(site);
  readExcepted(site);
  const rewritten = readRewrites(site.found.location.block ?? [], site, (match, steps) =>
    readEnded(site, match, steps),
  );
  rewritten.answers.push(...closed, ...excepted);
  // Who may come is asked behind it.
  if (rewritten.content) settleAccess(site);
  else rewritten.answers.push(...closeNamed(site));
  if (rewritten.content) return addRules(site, rewritten, rewritten.content);
  addVariants(site, rewritten);
}

/** One that is another by what is asked has a route for each. */
function addVariants(site: Site, rewritten: Rewritten): void {
  const variants = variantsOf(site, rewritten, (found) => siteAt(found, site));
  const own = {
    ...rewritten,
    answers: [],
    before: rewritten.before.filter(({ match }) => !match?.startsWith('route')),
  };
  variants.forEach((variant, i) => {
    const isLast = i === variants.length - 1;
    addRules(variant, isLast ? rewritten : own, contentOf(variant));
  });
}

/** What `break` ends for some: a route of their own. */
function readEnded(site: Site, match: string, steps: Rewritten): void {
  const common = { ...site.common, match: allOf([match, site.common.match]) ?? '' };
  const ended = { ...site, common, name: `${site.name} break`, isRewritten: steps.actions.length > 0 };
  const answers = closeNamed(ended);
  addVariants(ended, { ...steps, answers });
}

/** `limit_except` may pass other methods on to somewhere else. */
function readExcepted(site: Site): void {
  for (const directive of exceptsOf(site).filter(({ block = [] }) => last(block, 'proxy_pass'))) {
    const inner = exceptedSite(directive, site);
    addRules(inner, NO_STEPS, contentOf(inner));
  }
}

/** Its pattern looks around: it is closed wherever the rest of the pattern holds, never left to a location that may be open. */
function closeUnreadable(site: Site): void {
  const { location } = site.found;
  const status = isClosed(site) ? 403 : 502;
  const route = { ...site.common, respond: status === 403 ? { status } : NOT_IMPORTED };
  const name = addRoute(site, location, route);
  site.ledger.refuse(
    location,
    `RE2 cannot read all of the pattern: where what it can read holds, the route ${name} answers ${status}`,
  );
}

/** null: it has none, and nobody may come. */
function contentOf(site: Site): Content | null {
  const { found, ledger } = site;
  const block = found.location.block ?? [];
  const pass = last(block, 'proxy_pass') ?? last(block, 'grpc_pass');
  const split = pass && splitIn(pass, site);
  const shared = split && sharedOut(pass, split, site);
  if (shared) return madeOf(site, shared.route, { passed: shared.passed, perPool: shared.perPool });
  const passed = pass && passOf(pass, site);
  if (passed) return madeOf(site, { pool: passed.pool }, { passed });
  if (pass) return madeOf(site, { respond: NOT_IMPORTED });
  const other = otherContent(block);
  // Never the files of its root, which would be the source of programs.
  if (other) {
    ledger.refuse(other, 'it is not HTTP; 502 is answered until the route has a pool that is');
    return madeOf(site, { respond: NOT_IMPORTED });
  }
  const files = filesOf(site);
  if (files) {
    for (const detour of indexDetours(site, files)) readDetour(detour, files, site);
    return filesContent(files, site);
  }
  return isClosed(site) ? null : nothing(site);
}

/** nginx has a page of its own then, or none. */
function nothing(site: Site): Content {
  const { location } = site.found;
  const steps = location.block?.filter(({ name }) => name === 'rewrite') ?? [];
  const isLeft = steps.some((step) => !isRedirect(step));
  if (isLeft) site.ledger.approximate(location, 'its rewrite leads to another location; 502 is answered');
  else if (steps.length === 0) site.ledger.approximate(location, 'it has no content; 404 is answered');
  return madeOf(site, { respond: isLeft ? NOT_IMPORTED : { status: 404 } });
}

function filesContent(files: Files, site: Site): Content {
  const { end, actions } = files;
  if (end.kind === 'status') return madeOf(site, { respond: { status: end.status } }, { files: actions });
  const target = end.kind === 'named' ? namedSite(end.name, site) : siteOf(end.path, site);
  const block = target?.found.location.block ?? [];
  const pass = last(block, 'proxy_pass') ?? last(block, 'grpc_pass');
  if (!target || (end.kind === 'named' && !pass && !last(block, 'return'))) return lost(files, site);
  if (end.kind === 'path' && !pass) return localEnd(files, end.path, target, site);
  if (end.kind === 'named') site.ledger.settle(target.found.location);
  if (pass && files.actions.length > 0)
    site.ledger.approximate(
      files.directive,
      'where it finds the file, other methods than GET and HEAD go on, too; nginx answers them with 405',
    );
  const content = goingOn(files, target, site);
  return end.kind === 'path' ? { ...content, files: [...content.files, { path: { set: end.path } }] } : content;
}

/** What it goes on to is closed when that location is: nothing here asks who comes only behind the files. */
function goingOn(files: Files, target: Site, site: Site): Content {
  const outer = { ...target, common: site.common, name: site.name };
  const unread = closeUnread(outer);
  const rewritten = readRewrites(target.found.location.block ?? [], outer);
  const closed = [...unread, ...(rewritten.content ? [] : closeRoutes(outer))];
  if (closed.length > 0)
    site.ledger.approximate(target.found.location, 'what closes it closes the files before it, too');
  const made = rewritten.content ?? contentOf(outer) ?? nothing(outer);
  return { ...made, files: [...files.actions, ...made.files], passing: outer, rewritten, isReturned: false };
}

/** Where the index.html of directories is another location's, these are answered as that one does it. */
function readDetour({ found, match, dir }: Detour, files: Files, site: Site): void {
  const target = siteAt(found, site);
  const common = {
    ...site.common,
    match: site.place.modifier === '=' ? site.common.match : allOf([site.common.match, match]),
  };
  const [outer, own] = [target, site].map((each) => ({ ...each, common, name: `${site.name} index` })) as [Site, Site];
  if (isPage(target, files)) {
    if (!isGuarded(target) && linesOf(target) === linesOf(site)) return;
    const answers = [...closeUnread(outer), ...closeRoutes(outer)];
    const content = filesContent(files, { ...own, directives: target.directives });
    addRules(outer, { ...NO_STEPS, answers }, content);
  } else if (site.place.modifier === '=') {
    const content = goingOn({ ...files, actions: [{ path: { set: encodeURI(`${dir}index.html`) } }] }, outer, own);
    addRules(own, NO_STEPS, content);
  } else {
    const name = addRoute(own, found.location, { ...common, respond: NOT_IMPORTED });
    site.draft.refuse(
      site.at,
      'index',
      `nginx goes on from a directory to its index.html, which location ${found.location.words.join(' ')} takes: the route ${name} answers 502`,
    );
  }
}

/** Whether it answers with files of the same directory, and does nothing else. */
function isPage(target: Site, files: Files): boolean {
  const block = target.found.location.block ?? [];
  const isOther = block.some((each) => isAnswer(each) || each.name === 'proxy_pass' || each.name === 'grpc_pass');
  return !isOther && !otherContent(block) && filesOf(target)?.dir === files.dir;
}

function lost({ directive, actions }: Files, site: Site): Content {
  site.ledger.refuse(directive, 'what it goes on to is not in the file, or answers nothing here; 502 is answered then');
  return madeOf(site, { respond: NOT_IMPORTED }, { files: actions });
}

function namedSite(name: string, site: Site): Site | null {
  const found = site.locations.find(({ place }) => place.path === name);
  return found ? siteAt(found, site) : null;
}

function siteOf(path: string, site: Site): Site | null {
  const found = locationFor(path, site.locations);
  return found && isReadable(found) ? siteAt(found, site) : null;
}

function localEnd(files: Files, path: string, target: Site, site: Site): Content {
  const { location } = target.found;
  const block = location.block ?? [];
  const plain = block.filter(({ name }) => name !== 'try_files');
  const page = filesOf({ ...target, found: { ...target.found, location: { ...location, block: plain } } });
  if (!page || isGuarded(target) || otherContent(block) || block.some(isAnswer)) return lost(files, site);
  if (linesOf(target) !== linesOf(site))
    site.ledger.approximate(
      files.directive,
      `${path} comes without the add_header of location ${location.words.join(' ')}`,
    );
  const file = { mapLocal: { file: posix.join(page.dir, path.slice(page.strip?.length ?? 0)) } };
  return madeOf(site, { respond: { status: 404 } }, { files: [...files.actions, file] });
}

function linesOf({ directives }: Site): string {
  return named(directives, 'add_header').map(written).join('\n');
}

function isAnswer({ name }: { name: string }): boolean {
  return name === 'return' || name === 'rewrite' || name === 'if';
}

function madeOf(site: Site, to: Partial<DraftRoute>, more: Partial<Content> = {}): Content {
  const route = addRoute(site, site.found.location, { ...site.common, ...to });
  return { routes: [route], files: [], passing: site, passed: null, rewritten: null, isReturned: false, ...more };
}
