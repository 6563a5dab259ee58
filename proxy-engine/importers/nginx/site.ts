/** What is known while a server is read, and while one of its locations is. */
import type { Config } from '../../contract/config.ts';
import type { Draft, DraftRoute } from '../draft.ts';
import type { CertificateFiles } from '../import.ts';
import type { Sets } from './known-variables.ts';
import type { Ledger } from './ledger.ts';
import type { Unverified } from './listeners.ts';
import type { Found, Place } from './lookup.ts';
import type { Maps } from './maps.ts';
import type { Splits } from './splits.ts';
import { type Directive, whereOf } from './syntax.ts';

export interface File {
  draft: Draft;
  ledger: Ledger;
  /** Of upstreams and lone addresses, by what `proxy_pass` calls them, with the scheme; null: it has no backend. */
  pools: Map<string, string | null>;
  /** Of pools that some location goes to: whether they keep the client's Host. */
  hosts: Map<string, boolean>;
  /** `limit_req_zone` by the zone's name. */
  zones: ReadonlyMap<string, Directive>;
  maps: Maps;
  splits: Splits;
  /** Variables that something else than `set` may give a value. */
  assigned: ReadonlySet<string>;
  /** Files that nobody has read, and that may say for all servers who comes. */
  unread: readonly Directive[];
  into: Config | null;
  hasIpv6: boolean;
  canUse: (files: CertificateFiles) => boolean;
}

export interface Server extends File {
  /** What `set` of the server says. */
  sets: Sets;
  directive: Directive;
  listeners: string[];
  /** Condition on the host; absent: any. */
  host: string | undefined;
  unverified: Unverified | null;
  /** Its first name, for those of routes. */
  label: string;
  /** In effect in it. */
  block: readonly Directive[];
  /** All its locations in the order in which nginx looks. */
  locations: readonly Found[];
}

export interface Site extends Server {
  /** Where it stands. */
  at: string;
  /** Of its routes and rules. */
  name: string;
  place: Place;
  /** It stands for the server itself. */
  isWhole: boolean;
  found: Found;
  /** In effect in it. */
  directives: readonly Directive[];
  /** Listeners and condition. */
  common: DraftRoute;
  /** Its path has been rewritten: what stands behind `proxy_pass` does not take its place. */
  isRewritten?: boolean;
}

/** A route with another destination, or a narrower condition, than its location. */
export function addRoute(site: Site, directive: Directive, route: DraftRoute, name = site.name): string {
  return site.draft.addRoute(whereOf(directive), name, route);
}

/** What answers where something could not be brought over: never what stands around it. */
export const NOT_IMPORTED = { status: 502, body: 'This part of the nginx configuration could not be imported.\n' };
