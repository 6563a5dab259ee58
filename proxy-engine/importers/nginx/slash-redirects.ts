/** nginx leads `/api` to `/api/` where a location of that name passes requests on. */
import { allOf, test } from '../expressions.ts';
import { NO_STEPS } from './content.ts';
import { addRules } from './location-rules.ts';
import { siteAt } from './locations.ts';
import { isPrefix } from './lookup.ts';
import { addRedirectRoutes } from './returns.ts';
import type { Server } from './site.ts';

const PASSES = new Set(['proxy_pass', 'grpc_pass', 'fastcgi_pass', 'uwsgi_pass', 'scgi_pass', 'memcached_pass']);

export function addSlashRedirects(server: Server): void {
  const plain = server.locations.filter(({ place }) => !place.modifier.startsWith('~'));
  const paths = new Set(plain.map(({ place }) => place.path));
  for (const found of server.locations) {
    const { place, location, around } = found;
    const bare = place.path.slice(0, -1);
    const passes = location.block?.some(({ name }) => PASSES.has(name)) ?? false;
    const isHere = isPrefix(place) && place.path.endsWith('/') && bare !== '' && !paths.has(bare);
    if (!isHere || !passes || around.some((each) => each.place.modifier.startsWith('~'))) continue;
    const target = siteAt(found, server);
    const site = { ...target, name: `${target.name} slash` };
    const match = allOf([server.host, test('path', '=', encodeURI(bare))]);
    const common = { ...site.common, match: match ?? '' };
    const redirect = { status: 301, location: `${encodeURI(place.path)}$is_args$args`, groups: {} };
    const routes = addRedirectRoutes(location, redirect, { site, common });
    addRules(site, { ...NO_STEPS, answers: [{ routes, directives: site.directives }] }, null);
  }
}
