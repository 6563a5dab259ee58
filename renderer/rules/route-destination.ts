import type { RouteConfig } from '../../proxy-engine/contract/config.ts';
import type { Messages } from '../i18n/messages.ts';

type Texts = Messages['routeForm'];

/** Where a route leads, in a few words: `pool api`, `95 % shop, 5 % shop-next`. */
export function destinationText(route: RouteConfig, texts: Texts): string {
  if (route.pool !== undefined) return texts.toPool(route.pool);
  if (route.split) {
    const total = route.split.reduce((sum, { weight }) => sum + weight, 0) || 1;
    return route.split.map(({ pool, weight }) => `${Math.round((weight / total) * 1000) / 10} % ${pool}`).join(', ');
  }
  if (route.respond) return texts.toAnswer(route.respond.status);
  if (route.redirect) return texts.toRedirect(route.redirect.status, route.redirect.location);
  return texts.kind.original;
}
