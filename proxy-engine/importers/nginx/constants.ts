/** Variables of which the file itself says what they are: `set` to a constant, the port and the name of a server. Their values stand in their place. */
import { withoutParentheses } from './conditions.ts';
import { isInherited } from './known-directives.ts';
import { listensOf } from './listens.ts';
import { type Directive, named, whereOf } from './syntax.ts';

type Values = ReadonlyMap<string, string>;

export interface Resolved {
  directives: Directive[];
  /** `set` whose values stand elsewhere now. */
  used: Directive[];
  /** All of them. */
  sets: Directive[];
}

interface File {
  /** Variables that something else than `set` may give a value. */
  assigned: ReadonlySet<string>;
  /** Places of `set` whose values stand elsewhere now. */
  used: Set<string>;
  /** Addresses that speak TLS, whichever server says it. */
  secure: ReadonlySet<string | null>;
}

/** All of the file. Where something else could give a variable a value, it stays one. */
export function withConstants(top: readonly Directive[]): Resolved {
  const listens = serversIn(top).flatMap((server) => listensOf(server.block ?? [], server));
  const isOn = serversIn(top).some(({ block = [] }) => named(block, 'ssl').length > 0);
  const secure = new Set(
    listens.filter(({ options }) => isOn || options.includes('ssl')).map(({ address }) => address),
  );
  const file: File = { assigned: new Set(assignedIn(top)), used: new Set(), secure };
  const within = (directive: Directive): Directive => {
    if (directive.name === 'http') return { ...directive, block: directive.block?.map(within) ?? [] };
    return directive.name === 'server' && directive.block ? serverOf(directive, file) : directive;
  };
  const directives = top.map(within);
  const sets = setsIn(directives, true);
  return { directives, sets, used: sets.filter((set) => file.used.has(placeOf(set))) };
}

function placeOf(set: Directive): string {
  return `${whereOf(set)} ${set.words[0]}`;
}

function serversIn(block: readonly Directive[]): Directive[] {
  return [...block, ...named(block, 'http').flatMap((each) => each.block ?? [])].filter(
    (each) => each.name === 'server' && each.block,
  );
}

const ASSIGNING = /_set$|^set_|^(?:map|geo|split_clients|keyval|js_var)$|_by_lua|^geoip/;
const NAMED_GROUP = /\(\?(?:P?<|')(\w+)[>']/g;

/** Variables that something else than `set` gives a value, wherever it stands. */
export function assignedIn(block: readonly Directive[]): string[] {
  return block.flatMap(({ name, words, block: inner = [] }) => [
    ...(ASSIGNING.test(name) ? words.flatMap((word) => nameOf(word) ?? []) : []),
    ...words.flatMap((word) => [...word.matchAll(NAMED_GROUP)].map(([, group = '']) => group)),
    ...assignedIn(inner),
  ]);
}

/** `$name`; absent: it is something else. */
function nameOf(word = ''): string | undefined {
  return /^\$(\w+)$/.exec(word)?.[1];
}

function serverOf(server: Directive, file: File): Directive {
  const { block = [] } = server;
  const given = valuesOfServer(server);
  const values = withSets(block, setsIn(block, true), given, file);
  return { ...server, block: resolved(block, { values, inherited: values, outer: values, server, file }) };
}

interface Scope {
  values: Values;
  /** Of what blocks inside take over. */
  inherited: Values;
  /** Of the server. */
  outer: Values;
  server: Directive;
  file: File;
}

function resolved(block: readonly Directive[], scope: Scope): Directive[] {
  return block.flatMap((directive) => {
    const { block: inner } = directive;
    if (directive.name === 'if') return resolvedIf(directive, scope);
    if (directive.name === 'location') return [locationOf(directive, scope)];
    const values = isInherited(directive) ? scope.inherited : scope.values;
    // It has a rewrite phase of its own.
    if (directive.name === 'limit_except' && inner)
      return [{ ...directive, block: resolved(inner, { ...scope, values: scope.outer, inherited: scope.outer }) }];
    return [withValues(directive, values, scope)];
  });
}

function locationOf(location: Directive, scope: Scope): Directive {
  const { block = [] } = location;
  const { outer, file } = scope;
  const values = withSets(block, setsIn(block, false), outer, file);
  const isOuter = block.some(({ name }) => name === 'location' || name === 'limit_except');
  return { ...location, block: resolved(block, { ...scope, values, inherited: isOuter ? outer : values }) };
}

/** `set` in a block and what belongs to it. */
function setsIn(block: readonly Directive[], isWhole: boolean): Directive[] {
  return block.flatMap((each) => {
    if (each.name === 'set') return [each];
    return each.block && (isWhole || each.name === 'if') ? setsIn(each.block, isWhole) : [];
  });
}

/** What is set before anything else of the rewrite phase, and nowhere again. */
function withSets(block: readonly Directive[], sets: readonly Directive[], outer: Values, file: File): Values {
  const values = new Map(outer);
  const phase = block.filter(({ name }) => /^(?:set|if|return|rewrite|break)$/.test(name));
  const first = phase.findIndex(({ name }) => name !== 'set');
  const leading = first < 0 ? phase : phase.slice(0, first);
  const isOnlyHere = (name: string) =>
    sets.filter((each) => nameOf(each.words[0]) === name).every((each) => leading.includes(each));
  for (const { words } of sets) values.delete(nameOf(words[0]) ?? '');
  for (const set of leading) {
    const name = nameOf(set.words[0]);
    const value = replaced(set.words[1] ?? '', values);
    if (name === undefined || BUILT_IN.test(name) || file.assigned.has(name)) continue;
    if (value.includes('$') || !isOnlyHere(name)) values.delete(name);
    else values.set(name, value);
  }
  return values;
}

/** nginx gives them a value itself. */
const BUILT_IN = /^(?:args|limit_rate)$|^(?:http|arg|cookie|sent_http|upstream_http)_/;

const VARIABLE = /\$(?:\{(\w+)\}|(\w+))/g;

function replaced(text: string, values: Values): string {
  return text.replace(VARIABLE, (all, braced?: string, bare?: string) => values.get(braced ?? bare ?? '') ?? all);
}

const READING =
  /^(?:proxy|grpc)_pass$|^(?:proxy|grpc)_set_header$|^(?:return|rewrite|root|add_header|proxy_redirect|set)$/;

function withValues(directive: Directive, values: Values, scope: Scope): Directive {
  const { name, words } = directive;
  if (!READING.test(name)) return directive;
  // Names of variables, and patterns, are no values.
  const start = name === 'rewrite' || name === 'set' ? 1 : 0;
  const made = words.map((word, i) => (i < start ? word : replaced(word, values)));
  if (made.every((word, i) => word === words[i])) return directive;
  noteUsed(words.slice(start), scope);
  return { ...directive, words: made, source: words };
}

function noteUsed(words: readonly string[], { server, file }: Scope): void {
  const names = words.flatMap((word) => [...word.matchAll(VARIABLE)].map(([, braced, bare]) => braced ?? bare));
  for (const set of setsIn(server.block ?? [], true))
    if (names.includes(nameOf(set.words[0]))) file.used.add(placeOf(set));
}

/** `$server_port` where it has one, `$server_name` where its first one is a plain name. */
function valuesOfServer(server: Directive): Values {
  const ports = portsOf(server);
  const [port] = ports;
  const [name = ''] = named(server.block ?? [], 'server_name')[0]?.words ?? [];
  return new Map([
    ...(ports.length === 1 && port?.number ? [['server_port', port.number] as const] : []),
    ...(/^\w[\w.-]*$/.test(name) ? [['server_name', name.toLowerCase()] as const] : []),
  ]);
}

/** A port is empty where it is none of TCP. */
function portsOf({ block = [], ...server }: Directive): { number: string; addresses: (string | null)[] }[] {
  const ports = new Map<string, (string | null)[]>();
  for (const { address, options } of listensOf(block, server)) {
    if (options.includes('quic')) continue;
    const number = address?.split(':').at(-1) ?? '';
    ports.set(number, [...(ports.get(number) ?? []), address]);
  }
  return [...ports].map(([number, addresses]) => ({ number, addresses }));
}

/** One whose condition never holds is none; of one that always holds, what it does stands in its place. */
function resolvedIf(directive: Directive, scope: Scope): Directive[] {
  const { block = [], words } = directive;
  const [variable, operator, value = '', ...rest] = withoutParentheses(words);
  const made = { ...directive, block: resolved(block, { ...scope, inherited: scope.values }) };
  const known = scope.values.get(nameOf(variable) ?? '');
  const isPlain = rest.length === 0 && !value.includes('$') && (operator === undefined || /^!?=$/.test(operator));
  if (known === undefined && variable === '$server_port' && isPlain) return [ofPort(made, operator, value, scope)];
  if (known === undefined || !isPlain) return [made];
  noteUsed([variable ?? ''], scope);
  const holds = operator === undefined ? known !== '' && known !== '0' : (known === value) === (operator === '=');
  if (!holds) return [];
  return block.every(({ name }) => /^(?:return|rewrite|break)$/.test(name)) ? made.block : [made];
}

/** Of two ports one that speaks TLS and one that does not: the scheme tells them apart. */
function ofPort(directive: Directive, operator: string | undefined, value: string, { server, file }: Scope): Directive {
  const schemes = portsOf(server).map(({ number, addresses }) => {
    const speaks = new Set(addresses.map((address) => (file.secure.has(address) ? 'https' : 'http')));
    return { number, scheme: speaks.size === 1 ? [...speaks][0] : undefined };
  });
  const own = schemes.find(({ number }) => number === value);
  const isTold = schemes.every(({ number, scheme }) => scheme && (scheme === own?.scheme) === (number === value));
  if (!own || !isTold || operator === undefined) return directive;
  return { ...directive, words: ['($scheme', operator, `${own.scheme})`], source: directive.words };
}
