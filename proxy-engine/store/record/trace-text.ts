/**
 * The trace of an exchange as text of a record. What its rules are and would do is the same for many exchanges, and made once
 * a rule; values and snapshots are its own.
 */
import { REDACTED, redactLines } from '../../contract/redaction.ts';
import type { HeadSnapshot, TracedRule } from '../../rules/trace.ts';
import { LINE, UNIT } from './record-format.ts';

/** In front of a trace that tells changes; older recordings begin with the name of a rule. */
const WITH_CHANGES = LINE;

const jsonOf = new WeakMap<TracedRule, string>();

/** The names of the rules, so that a line of the list needs no more, then all as JSON. */
export function tracesText(traces: readonly TracedRule[]): string {
  const names = [...new Set(traces.map(({ name }) => name))].join(UNIT);
  return `${WITH_CHANGES}${names}${LINE}[${traces.map(knownJson).join(',')}]`;
}

function knownJson(trace: TracedRule): string {
  let json = jsonOf.get(trace);
  if (json === undefined) jsonOf.set(trace, (json = JSON.stringify(trace)));
  return json;
}

export function tracesOf(text: string | undefined): TracedRule[] {
  if (!text) return [];
  if (text.startsWith(WITH_CHANGES)) return JSON.parse(text.slice(text.indexOf(LINE, 1) + 1)) as TracedRule[];
  return text.split(LINE).map((line) => {
    const [name = '', phase, ...words] = line.split(UNIT);
    const actions = words.map((word) => ({ words: [word], changes: [] }));
    return { name, phase: phase === 'response' ? 'response' : 'request', actions };
  });
}

/** Each rule once. */
export function ruleNames(text: string): string[] {
  if (text === '') return [];
  if (text.startsWith(WITH_CHANGES)) return text.slice(1, text.indexOf(LINE, 1)).split(UNIT);
  return [...new Set(tracesOf(text).map(({ name }) => name))];
}

export function valuesText(values: readonly string[]): string {
  return values.join(UNIT);
}

export function valuesOf(text: string | undefined): string[] {
  return text ? text.split(UNIT) : [];
}

export function snapshotsText(snapshots: readonly HeadSnapshot[]): string {
  return JSON.stringify(snapshots);
}

export function snapshotsOf(text: string | undefined): HeadSnapshot[] {
  return text ? (JSON.parse(text) as HeadSnapshot[]) : [];
}

type IsSecret = (headerName: string) => boolean;

/** The text of the rules and that of the values, without the values of secret headers. */
export function redactTraces(rules: string, values: string, isSecret: IsSecret): { rules: string; values: string } {
  const traces = tracesOf(rules);
  const changes = traces.flatMap(({ actions }) => actions.flatMap((action) => action.changes));
  const secret = changes.map(({ op, name }) => op !== 'delete' && name !== '' && isSecret(name));
  if (!secret.includes(true)) return { rules, values };
  const open = secret.filter((_, i) => changes[i]?.values === null);
  const kept = valuesOf(values).map((value, i) => (open[i] ? REDACTED : value));
  let at = 0;
  const redacted = traces.map((trace) => ({
    ...trace,
    actions: trace.actions.map((action) => ({
      ...action,
      changes: action.changes.map((change) =>
        secret[at++] && change.values !== null ? { ...change, values: [REDACTED] } : change,
      ),
    })),
  }));
  return { rules: tracesText(redacted), values: valuesText(kept) };
}

export function redactSnapshots(text: string, isSecret: IsSecret): string {
  if (text === '') return '';
  const redacted = snapshotsOf(text).map(({ flat, ...snapshot }) => ({
    ...snapshot,
    flat: redactLines(pairs(flat), isSecret).flat(),
  }));
  return snapshotsText(redacted);
}

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, n) => [flat[n * 2] ?? '', flat[n * 2 + 1] ?? '']);
}
