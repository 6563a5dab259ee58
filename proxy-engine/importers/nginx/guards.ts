/** Directives that may turn a request away in nginx, and that nothing here does: where one stands, it is closed. */
import { isKnownFile } from './known-directives.ts';
import { isRedirect } from './returns.ts';
import type { Site } from './site.ts';
import { type Directive, named } from './syntax.ts';

/** Settings of a guard, and what only sounds like one. */
const NO_GUARDS = new Set(
  `access_log access_by_lua_no_postpone dav_access proxy_store_access fastcgi_store_access scgi_store_access
   uwsgi_store_access auth_basic_user_file auth_request_set auth_delay`.split(/\s+/),
);

/** Words in the names of such modules' directives: Lua, njs, OpenID, Kerberos, firewalls. */
const WORDS =
  /(?:^|_)(?:auth\w*|access|acl|jwt|oidc|openidc|saml|shib\w*|spnego|gss|captcha|testcookie|waf|firewall|modsecurity|naxsi)(?:_|$)|^(?:secure_link|(?:server_)?rewrite_by_lua\w*|modsecurityenabled|secrules_?enabled|deniedurl|checkrule)$/i;

/** Whether it asks who comes, or what for, in a way that is unknown here. `around`: what is in effect beside it. */
export function isGuard({ name, words: [value] }: Directive, around: readonly Directive[]): boolean {
  if (NO_GUARDS.has(name) || !WORDS.test(name) || value === 'off') return false;
  return !around.some((other) => other.name !== name && isSettingOf(name, other.name));
}

/** `auth_jwt_key_file` of `auth_jwt`: that one says whether it is on. */
function isSettingOf(name: string, guard: string): boolean {
  return name.startsWith(`${guard}_`) && WORDS.test(guard) && !name.endsWith('_require');
}

/** Whether nginx reads the address of clients from a header: the connection has another one, that of a balancer. */
export function isClientHidden(directives: readonly Directive[]): boolean {
  return directives.some(({ name }) => name === 'set_real_ip_from');
}

export const HIDDEN = 'set_real_ip_from takes the address of the client from a header, which is not known here';

/** It says that nobody is asked. */
export function isSwitchedOff({ name, words: [value] }: Directive): boolean {
  return value === 'off' && WORDS.test(name) && !NO_GUARDS.has(name);
}

/** Directories of servers. */
const SITES =
  /(?:^|\/)(?:conf\.d|sites(?:-enabled|-available)?|vhosts?(?:\.d)?|servers|modules(?:-enabled)?)\/[^/]*\*[^/]*$/;

/** Files that are read in the location or around it: nobody knows here whom they turn away. */
export function unreadFiles({ found: { location, around }, isWhole, unread }: Site): Directive[] {
  if (isWhole) return [...unread, ...unreadIn(location.block ?? [])];
  return [...around.map((each) => each.location), location].flatMap(({ block = [] }) => unreadIn(block));
}

export function unreadIn(block: readonly Directive[]): Directive[] {
  return named(block, 'include').filter(({ words: [file = ''] }) => !isKnownFile(file));
}

/** Those that hold for all servers, unless they have some by their names. */
export function unreadForAll(http: readonly Directive[]): Directive[] {
  return unreadIn(http).filter(({ words: [file = ''] }) => !SITES.test(file));
}

/** Programs behind them speak something else than HTTP, or answer by themselves. */
const OTHER_CONTENT =
  /^(?:fastcgi|uwsgi|scgi|memcached)_pass$|^content_by_lua|^(?:js_content|perl|stub_status|empty_gif)$/;

/** What nothing here can answer in the place of. */
export function otherContent(block: readonly Directive[]): Directive | undefined {
  return block.find(({ name }) => OTHER_CONTENT.test(name));
}

/** What a directive in a block of `if` may do to the request; null: it goes on as before. */
export function effectOf(directive: Directive, block: readonly Directive[]): 'turns away' | 'leads away' | null {
  const { name } = directive;
  const isTurning = TURNS_AWAY.has(name) || isRedirect(directive) || isGuard(directive, block);
  if (isTurning) return 'turns away';
  return LEADS_AWAY.has(name) || name.endsWith('_pass') || otherContent([directive]) ? 'leads away' : null;
}

const TURNS_AWAY = new Set(['return', 'deny', 'allow', 'include', 'limit_except']);
const LEADS_AWAY = new Set(['rewrite', 'root', 'alias', 'try_files']);
