/** What a drill expects, one comparison a line: `failed = 0`, `p99 < 250ms`, `share(api/a, 3s..8s) = 0` (control.md). */
import { parseExpression } from './expression/parse.ts';
import type { Expression } from './expression/syntax.ts';

/** Milliseconds from the start of the drill, `from` included, `to` not. */
export interface DrillWindow {
  fromMs: number;
  toMs: number;
}

export const LATENCIES = ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'] as const;
export type LatencyName = (typeof LATENCIES)[number];

/** What is measured; without a window over the whole drill. */
export type Measure =
  /** Requests sent, those without a proper answer, attempts after the first, requests a second that ended. */
  | { kind: 'requests' | 'failed' | 'retries' | 'rate'; window: DrillWindow | null }
  /** What clients waited, from the moment the request was due to its end. */
  | { kind: 'latency'; of: LatencyName; window: DrillWindow | null }
  /** The part of its pool's attempts that a backend got. */
  | { kind: 'share'; backend: string; window: DrillWindow | null }
  /** From the moment a backend was brought back to its first exchange without a failure. */
  | { kind: 'recovered'; backend: string }
  /** Exchanges for which an expression holds. */
  | { kind: 'count'; expression: string; window: DrillWindow | null };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type MeasureUnit = 'count' | 'ms' | 'share' | 'rate';

export interface Expectation {
  text: string;
  measure: Measure;
  operator: Comparison;
  /** In `unit`: a count, milliseconds, a fraction of 1, or a number a second. */
  value: number;
  /** `share` of counts: the part of all requests. */
  unit: MeasureUnit;
}

export interface ExpectationProblem {
  ok: false;
  /** UTF-16 units into the text. */
  from: number;
  message: string;
}

export type ParsedExpectation = { ok: true; expectation: Expectation } | ExpectationProblem;

const MEASURES = 'failed, requests, retries, rate, p50, p90, p95, p99, p999, max, mean, share, recovered, count';
const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

class Refused extends Error {
  readonly from: number;
  constructor(from: number, message: string) {
    super(message);
    this.from = from;
  }
}

/** Never throws; a problem says what would be right. */
export function parseExpectation(text: string): ParsedExpectation {
  try {
    return { ok: true, expectation: readExpectation(text) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, from: error.from, message: error.message };
    throw error;
  }
}

function readExpectation(text: string): Expectation {
  const name = /^\s*([A-Za-z]\w*)\s*/.exec(text);
  if (!name?.[1]) throw new Refused(0, `expected one of ${MEASURES}, such as failed = 0`);
  const open = name[0].length;
  const close = text[open] === '(' ? closingOf(text, open) : -1;
  const argument = close < 0 ? null : { text: text.slice(open + 1, close), from: open + 1 };
  const measure = readMeasure(name[1], argument, name[0].search(/\S/));
  const rest = close < 0 ? open : close + 1;
  const compared = /^\s*(<=|>=|!=|=|<|>)\s*(.*?)\s*$/.exec(text.slice(rest));
  if (!compared) throw new Refused(rest, `expected =, !=, <, <=, > or >= and a value, such as ${exampleOf(measure)}`);
  const valueFrom = rest + text.slice(rest).indexOf(compared[1]!) + compared[1]!.length;
  const { value, unit } = readValue(measure, compared[2]!, valueFrom);
  return { text: text.trim(), measure, operator: compared[1] as Comparison, value, unit };
}

/** The parenthesis that closes the one at `open`; those in strings do not count. */
function closingOf(text: string, open: number): number {
  let depth = 0;
  let quote = '';
  for (let at = open; at < text.length; at++) {
    const char = text[at]!;
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"') quote = char;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return at;
  }
  throw new Refused(open, 'this parenthesis is never closed');
}

interface Argument {
  text: string;
  from: number;
}

function readMeasure(name: string, argument: Argument | null, at: number): Measure {
  const latency = LATENCIES.find((one) => one === name.toLowerCase());
  if (latency) return { kind: 'latency', of: latency, window: windowOf(argument) };
  switch (name.toLowerCase()) {
    case 'failed':
    case 'requests':
    case 'retries':
    case 'rate':
      return { kind: name.toLowerCase() as 'failed', window: windowOf(argument) };
    case 'share':
      return readShare(argument, at);
    case 'recovered':
      return { kind: 'recovered', backend: backendOf(argument, at, 'recovered(api/a) < 2s') };
    case 'count':
      return readCount(argument, at);
    default:
      throw new Refused(at, `nothing that is measured is called ${JSON.stringify(name)}; expected one of ${MEASURES}`);
  }
}

function readShare(argument: Argument | null, at: number): Measure {
  const cut = argument?.text.indexOf(',') ?? -1;
  const backend = backendOf(
    argument && cut >= 0 ? { ...argument, text: argument.text.slice(0, cut) } : argument,
    at,
    'share(api/a, 3s..8s) = 0',
  );
  const window = argument && cut >= 0 ? { text: argument.text.slice(cut + 1), from: argument.from + cut + 1 } : null;
  return { kind: 'share', backend, window: windowOf(window) };
}

function backendOf(argument: Argument | null, at: number, example: string): string {
  const backend = argument?.text.trim() ?? '';
  if (/^[^/,]+\/[^/,]+$/.test(backend)) return backend;
  throw new Refused(argument?.from ?? at, `expected a backend as POOL/NAME, such as ${example}`);
}

/** What cannot be asked about exchanges of a drill: they are looked at as they end, not as they were recorded. */
const NOT_IN_DRILLS = new Set(['body', 'requestBody', 'responseBody', 'pinned', 'replayed']);

function readCount(argument: Argument | null, at: number): Measure {
  if (!argument) throw new Refused(at, 'expected an expression, such as count(status = 5xx) = 0');
  const tail = /,\s*([^,()"]*\.\.[^,()"]*)$/.exec(argument.text);
  const expression = tail ? argument.text.slice(0, tail.index) : argument.text;
  const parsed = parseExpression(expression, 'exchange');
  if (!parsed.ok) {
    const [issue] = parsed.issues;
    throw new Refused(argument.from + (issue?.from ?? 0), issue?.message ?? 'not an expression');
  }
  const refused = namesIn(parsed.expression).find((name) => NOT_IN_DRILLS.has(name));
  if (refused !== undefined) throw new Refused(argument.from, `${refused} is not known to drills`);
  const window = tail ? { text: tail[1]!, from: argument.from + tail.index + 1 } : null;
  return { kind: 'count', expression: expression.trim(), window: windowOf(window) };
}

/** Fields and flags that the expression asks for. */
function namesIn(term: Expression): string[] {
  switch (term.kind) {
    case 'and':
    case 'or':
      return term.terms.flatMap(namesIn);
    case 'not':
      return namesIn(term.term);
    case 'flag':
      return [term.flag];
    case 'url-contains':
      return [];
    default:
      return [term.field.name];
  }
}

/** `3s..8s`, `3s..`, `..8s`. */
function windowOf(argument: Argument | null): DrillWindow | null {
  if (!argument) return null;
  const [, from = '', to = ''] = /^\s*([\w.]*?)\s*\.\.\s*([\w.]*?)\s*$/.exec(argument.text) ?? [];
  const window = {
    fromMs: from === '' ? 0 : durationOf(from),
    toMs: to === '' ? Number.POSITIVE_INFINITY : durationOf(to),
  };
  if ((from === '' && to === '') || Number.isNaN(window.fromMs) || Number.isNaN(window.toMs))
    throw new Refused(argument.from, `expected a time such as 3s..8s, 3s.. or ..8s, found ${quoted(argument.text)}`);
  if (window.fromMs >= window.toMs) throw new Refused(argument.from, `${argument.text.trim()} ends before it begins`);
  return window;
}

/** NaN: it is none. */
function durationOf(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text);
  return match ? Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS] : Number.NaN;
}

function readValue(measure: Measure, text: string, from: number): Pick<Expectation, 'value' | 'unit'> {
  const unit = unitOf(measure);
  const value = unit === 'ms' ? durationOf(text) : unit === 'rate' ? rateOf(text) : numberOf(text);
  const percent = /^(\d{1,3}(?:\.\d{1,6})?) ?%$/.exec(text);
  if (percent && (unit === 'share' || unit === 'count') && Number(percent[1]) <= 100)
    return { value: Number(percent[1]) / 100, unit: 'share' };
  const isWhole = unit !== 'count' || Number.isInteger(value);
  if (Number.isNaN(value) || (unit === 'share' && value > 1) || !isWhole)
    throw new Refused(from, `expected ${EXPECTED[unit]}, found ${quoted(text)}`);
  return { value, unit };
}

const EXPECTED: Record<MeasureUnit, string> = {
  count: 'a whole number, or a part of all requests such as 0.1%',
  ms: 'a duration such as 250ms or 2s',
  share: 'a share from 0 to 1, or a percentage such as 33%',
  rate: 'a rate such as 190/s',
};

function unitOf(measure: Measure): MeasureUnit {
  switch (measure.kind) {
    case 'latency':
    case 'recovered':
      return 'ms';
    case 'share':
    case 'rate':
      return measure.kind;
    default:
      return 'count';
  }
}

function exampleOf(measure: Measure): string {
  return { ms: '< 250ms', share: '= 0', rate: '>= 190/s', count: '= 0' }[unitOf(measure)];
}

function numberOf(text: string): number {
  return /^\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
}

function rateOf(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)\/(s|m)$/.exec(text);
  return match ? Number(match[1]) / (match[2] === 's' ? 1 : 60) : Number.NaN;
}

function quoted(text: string): string {
  return text.trim() === '' ? 'nothing' : JSON.stringify(text.trim());
}
