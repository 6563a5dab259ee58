/** A location that is another one by what variables and conditions say: each has a route of its own, asked in order. */
import { allOf } from '../expressions.ts';
import type { World } from './cases.ts';
import type { Rewritten } from './content.ts';
import { isOwnHeader } from './header-lines.ts';
import { withWorld } from './ifs.ts';
import { inEffect } from './inheritance.ts';
import type { Found } from './lookup.ts';
import type { Site } from './site.ts';
import type { Directive } from './syntax.ts';

/** The content of the location where a condition holds. */
export interface Other {
  /** Absent: always. */
  when: string | undefined;
  block: readonly Directive[];
  /** It leaves the phase: those after it do not count. */
  isLast: boolean;
  /** The location that comes instead of it; absent: it is the same one. */
  target?: Found;
}

/** The last one is the location for all others. */
export function variantsOf(site: Site, rewritten: Rewritten, siteOfTarget: (found: Found) => Site): Site[] {
  const others = inOrder(rewritten.others ?? []).map((other) =>
    other.target
      ? narrowed({ ...siteOfTarget(other.target), common: site.common }, other.when, { name: `${site.name} if` })
      : siteOf(other, site),
  );
  return [...others, site].flatMap((each) => worldsIn(each, rewritten));
}

/** The last that holds counts, unless one before it has left the phase. */
function inOrder([first, ...rest]: readonly Other[]): Other[] {
  if (!first) return [];
  return first.isLast ? [first, ...inOrder(rest)] : [...inOrder(rest), first];
}

function siteOf({ when, block }: Other, site: Site): Site {
  const { location } = site.found;
  const inner = block.filter(({ name }) => name !== 'set' && name !== 'break');
  return narrowed(site, when, {
    name: `${site.name} if`,
    found: { ...site.found, location: { ...location, block: [...taken(location.block ?? [], inner), ...inner] } },
    directives: inEffect(site.directives, inner, site.ledger),
  });
}

const PASS = /_pass$/;

/** What an `if` takes over of the block around it; not `try_files`. */
function taken(block: readonly Directive[], inner: readonly Directive[]): Directive[] {
  const isPassing = inner.some(({ name }) => PASS.test(name));
  const isPlaced = inner.some(({ name }) => name === 'root');
  return block.filter(
    ({ name }) => (PASS.test(name) && !isPassing) || ((name === 'root' || name === 'alias') && !isPlaced),
  );
}

function narrowed(site: Site, when: string | undefined, more: Partial<Site>): Site {
  const match = allOf([when, site.common.match]);
  return { ...site, common: { ...site.common, ...(match !== undefined && { match }) }, ...more };
}

const READING = /^(?:(?:proxy|grpc)_(?:pass|set_header)|root|add_header|proxy_redirect)$/;

function isReading({ name, words: [first = ''] }: Directive): boolean {
  return READING.test(name) && !(name.endsWith('_set_header') && isOwnHeader(first));
}

/** One for each value that the variables in its directives have. */
function worldsIn(site: Site, { known }: Rewritten): Site[] {
  const { directives, found, ledger } = site;
  const reading = [...directives, ...(found.location.block ?? [])].filter(isReading);
  const words = reading.flatMap((each) => each.words);
  const worlds = known?.worldsFor(words);
  if (!worlds) return [site];
  for (const each of known?.behind(words) ?? []) ledger.settleWhole(each);
  return worlds.map((world) => inWorld(site, world));
}

function inWorld(site: Site, { when, values }: World): Site {
  const { location } = site.found;
  const within = (each: Directive) => (isReading(each) ? withWorld(each, values) : each);
  const block = location.block?.map(within) ?? [];
  return narrowed(site, when, {
    found: { ...site.found, location: { ...location, block } },
    directives: site.directives.map(within),
  });
}
