import type {
  Exchange,
  HeaderLines,
  RequestHead,
  ResponseHead,
  Timings,
} from '../../proxy-engine/contract/exchange.ts';
import { wireText } from '../../proxy-engine/contract/wire-text.ts';

/** A head as lines of text, the start line first. */
export function requestLines(head: RequestHead): string[] {
  return [wireText(`${head.method} ${head.target} ${head.version}`), ...headerTexts(head.headers)];
}

export function responseLines(head: ResponseHead): string[] {
  return [wireText(`${head.version} ${head.status} ${head.reason}`.trimEnd()), ...headerTexts(head.headers)];
}

export function headerTexts(headers: HeaderLines): string[] {
  return shownLines(headers).map(([name, value]) => `${name}: ${value}`);
}

/** Their values as text. */
export function shownLines(headers: HeaderLines): HeaderLines {
  return headers.map(([name, value]) => [name, wireText(value)]);
}

export function headerValue(headers: HeaderLines, name: string): string | undefined {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1];
}

/** Query parameters in their order, decoded; a parameter that cannot be decoded stays as it was sent. */
export function queryParameters(path: string): [name: string, value: string][] {
  const start = path.indexOf('?');
  return start < 0 ? [] : [...new URLSearchParams(path.slice(start + 1))];
}

/** Cookies of the request's `Cookie` lines. */
export function requestCookies(headers: HeaderLines): [name: string, value: string][] {
  return shownLines(headers)
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => value.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => splitOnce(pair, '='));
}

/** Cookies of the response's `Set-Cookie` lines; the value keeps its attributes. */
export function responseCookies(headers: HeaderLines): [name: string, value: string][] {
  return shownLines(headers)
    .filter(([name]) => name.toLowerCase() === 'set-cookie')
    .map(([, value]) => splitOnce(value, '='));
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

const TIMING_ORDER = ['blocked', 'dns', 'connect', 'tls', 'send', 'wait', 'receive'] as const;
export type TimingPart = (typeof TIMING_ORDER)[number];
export type TimingName = TimingPart | 'earlier';

/** Of an attempt that failed: in which part of it; undefined: nothing of it was timed. */
export function endedIn(timings: Timings): TimingPart | undefined {
  return TIMING_ORDER.findLast((name) => timings[name] >= 0);
}

/**
 * The parts of an exchange's time one after the other: what went by before its last attempt (earlier ones, or waiting for the
 * first), and that attempt. Parts that did not happen are left out. Milliseconds.
 */
export function timingBars({
  timings,
  attempts,
}: Pick<Exchange, 'timings' | 'attempts'>): { name: TimingName; startMs: number; lengthMs: number }[] {
  const beforeMs = attempts.at(-1)?.startedMs ?? 0;
  const wasRetried = attempts.length > 1;
  const blockedMs = wasRetried || beforeMs === 0 ? timings.blocked : beforeMs + Math.max(0, timings.blocked);
  const parts: Record<TimingName, number> = { earlier: wasRetried ? beforeMs : -1, ...timings, blocked: blockedMs };
  let at = 0;
  return (['earlier', ...TIMING_ORDER] as const)
    .filter((name) => parts[name] >= 0)
    .map((name) => {
      const bar = { name, startMs: at, lengthMs: parts[name] };
      at += bar.lengthMs;
      return bar;
    });
}
