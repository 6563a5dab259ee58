import type { EngineState, ListenerState } from '../../proxy-engine/contract/state.ts';
import { shellQuote } from '../format/shell-quote.ts';

/** A line to paste whose request the first reverse listener takes, or else the first forward one. Null: none listens. */
export function firstCurl(state: EngineState): string | null {
  const reverse = working(state, 'reverse');
  if (reverse) return curl(...waysIn(reverse), ...hostOption(state), urlAt(reverse, state));
  const forward = working(state, 'forward');
  return forward ? curl('-x', originOf(forward), ...(forward.secure ? ['--proxy-insecure'] : []), ELSEWHERE) : null;
}

/** Of that request at a reverse listener; null without one. */
export function exampleUrl(state: EngineState): string | null {
  const listener = working(state, 'reverse');
  return listener ? urlAt(listener, state) : null;
}

/** For this (RFC 2606 §3), and reachable. */
const ELSEWHERE = 'http://example.com/';

function curl(...words: string[]): string {
  return ['curl', '-i', ...words.map(shellQuote)].join(' ');
}

function working({ listeners }: EngineState, wanted: ListenerState['mode']): ListenerState | undefined {
  return listeners.find(({ mode, error }) => mode === wanted && error === undefined);
}

/** Certificates are mostly of the local authority, which curl does not know. */
function waysIn({ secure, http2Only }: ListenerState): string[] {
  if (secure) return ['-k'];
  return http2Only ? ['--http2-prior-knowledge'] : [];
}

function originOf({ secure, address }: ListenerState): string {
  return `${secure ? 'https' : 'http'}://${address}`;
}

function hostOption(state: EngineState): string[] {
  const host = /\bhost = "?([\w.-]+)"?/.exec(firstMatch(state))?.[1];
  return host === undefined ? [] : ['-H', `Host: ${host}`];
}

function urlAt(listener: ListenerState, state: EngineState): string {
  return originOf(listener) + (/\bpath (?:=|\^=) "?(\/[^\s"]*)"?/.exec(firstMatch(state))?.[1] ?? '/');
}

/** What the first route that leads to a pool asks for, or else the first. */
function firstMatch({ routes }: EngineState): string {
  return (routes.find(({ to }) => to.startsWith('pool ')) ?? routes[0])?.match ?? '';
}
