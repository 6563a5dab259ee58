/** The steps of an exchange in a HAR: without the heads, which their changes tell, and read back as the trace that they were made of. */
import { type HeadChange, type HeadStep, OWN_STEPS } from '../contract/head-step.ts';
import { REDACTED } from '../contract/redaction.ts';
import {
  type HeadSnapshot,
  type TracedAction,
  type TracedChange,
  type TracedRule,
  VALUE_LINE,
} from '../rules/trace.ts';

export type HarStep = Omit<HeadStep, 'before' | 'after'>;

export function harSteps(steps: readonly HeadStep[], isSecret: (headerName: string) => boolean): HarStep[] {
  return steps.map(({ before: _before, after: _after, changes, ...step }) => ({
    ...step,
    changes: changes.map((change) => redacted(change, isSecret)),
  }));
}

function redacted({ op, name, values }: HeadChange, isSecret: (headerName: string) => boolean): HeadChange {
  if (op !== 'head') return { op, name, values: isSecret(name) ? values.map(() => REDACTED) : values };
  const isValueOfSecret = (i: number) => i > 0 && i % 2 === 0 && isSecret(values[i - 1] ?? '');
  return { op, name, values: values.map((value, i) => (isValueOfSecret(i) ? REDACTED : value)) };
}

export interface ReadTrace {
  rules: TracedRule[];
  values: string[];
  snapshots: HeadSnapshot[];
}

/** `rules`: their words. Words that no step tells of, or that another hand has changed, have no changes. */
export function readTrace(
  rules: readonly { name: string; phase: HeadStep['phase']; actions: readonly string[] }[],
  steps: readonly HarStep[],
): ReadTrace {
  const values: string[] = [];
  const left = steps.filter((step) => step.rule !== undefined && !isWhole(step));
  const traced = rules.map(({ name, phase, actions }) => {
    const words = [...actions];
    const taken: TracedAction[] = [];
    while (words.length > 0) {
      const [step] = left;
      const count = step?.rule === name && step.phase === phase ? wordsOf(step.action, words) : 0;
      if (count > 0) left.shift();
      const changes = count > 0 && step ? step.changes.map((change) => open(change, values)) : [];
      taken.push({ words: words.splice(0, Math.max(1, count)), changes });
    }
    return { name, phase, actions: taken };
  });
  return { rules: traced, values, snapshots: steps.filter(isKeptWhole).map(snapshot) };
}

/** How many of the first words `action` is; 0: it is none of them. */
function wordsOf(action: string, words: readonly string[]): number {
  for (let count = 1; count <= words.length; count++) if (words.slice(0, count).join(', ') === action) return count;
  return 0;
}

/** The value goes to the exchange's own. */
function open({ op, name, values }: HeadChange, into: string[]): TracedChange {
  if (op === 'delete' || op === 'status') return { op, name, values };
  into.push(values.join(VALUE_LINE));
  return { op, name, values: null };
}

function isWhole({ changes }: HarStep): boolean {
  return changes[0]?.op === 'head';
}

/** What went out stands in the exchange anyway. */
function isKeptWhole(step: HarStep): boolean {
  return isWhole(step) && !(step.rule === undefined && LAST_STEPS.has(step.action));
}

const LAST_STEPS: ReadonlySet<string> = new Set(OWN_STEPS.filter((step) => step === 'forward' || step === 'reply'));

function snapshot({ phase, rule, action, changes }: HarStep): HeadSnapshot {
  const [line = '', ...flat] = changes[0]?.values ?? [];
  return { phase, rule: rule ?? null, action, line, flat };
}
