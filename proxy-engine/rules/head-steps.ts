/** The trace of an exchange told step by step: heads before and after are made anew out of what was recorded. Pure. */
import type { RequestHead, ResponseHead } from '../contract/exchange.ts';
import { type HeadChange, type HeadStep, MAX_STEP_LINES, type TracedHead } from '../contract/head-step.ts';
import { Headers } from '../http/headers.ts';
import { nameTest } from './actions/headers.ts';
import { parseAuthority } from './authority.ts';
import { type HeadSnapshot, type TracedChange, type TracedRule, VALUE_LINE } from './trace.ts';

export interface Traced {
  rules: readonly TracedRule[];
  /** Of the changes without one, in order. */
  values: readonly string[];
  snapshots: readonly HeadSnapshot[];
  /** As it came from the client, and as the backend got it if it did. */
  request: { came: RequestHead; went: RequestHead | undefined };
  /** As the backend gave it, and as the client got it. */
  response: { came: ResponseHead | undefined; went: ResponseHead | undefined };
}

/** Empty: nothing acted on the exchange. */
export function headSteps(traced: Traced): HeadStep[] {
  if (traced.rules.length === 0 && traced.snapshots.length === 0) return [];
  const values = traced.values.values();
  const budget = { lines: MAX_STEP_LINES };
  const { request, response } = traced;
  return [
    ...stepsOf('request', traced, values, { came: request.came, went: request.went }, budget),
    ...stepsOf('response', traced, values, response, budget),
  ];
}

type Phase = HeadStep['phase'];
type AnyHead = RequestHead | ResponseHead;
type NextValue = Iterator<string>;

function stepsOf(
  phase: Phase,
  { rules, snapshots }: Traced,
  values: NextValue,
  { came, went }: { came: AnyHead | undefined; went: AnyHead | undefined },
  budget: { lines: number },
): HeadStep[] {
  const head = new ReplayedHead(came);
  const taken: HeadStep[] = [];
  const take = (step: Omit<HeadStep, 'phase'>) => taken.push(head.take({ phase, ...step }, budget));
  const whole = snapshots.filter((snapshot) => snapshot.phase === phase);
  for (const snapshot of whole.filter(({ action }) => action === 'prepare')) take(snapshotStep(snapshot));
  for (const rule of rules)
    if (rule.phase === phase)
      for (const { words, changes } of rule.actions)
        take({ rule: rule.name, action: words.join(', '), changes: changes.map((change) => resolve(change, values)) });
  for (const snapshot of whole.filter(({ action }) => action !== 'prepare')) take(snapshotStep(snapshot));
  if (went && taken.length > 0 && !head.equals(went))
    take({ action: phase === 'request' ? 'forward' : 'reply', changes: [wholeHead(went)] });
  return taken;
}

function resolve({ op, name, values }: TracedChange, next: NextValue): HeadChange {
  if (values !== null) return { op, name, values: [...values] };
  const value: string = next.next().value ?? '';
  return { op, name, values: op === 'rewrite' ? value.split(VALUE_LINE) : [value] };
}

function snapshotStep({ rule, action, line, flat }: HeadSnapshot): Omit<HeadStep, 'phase'> {
  return { ...(rule !== null && { rule }), action, changes: [{ op: 'head', name: '', values: [line, ...flat] }] };
}

function wholeHead(head: AnyHead): HeadChange {
  return { op: 'head', name: '', values: [lineOf(head), ...head.headers.flat()] };
}

function lineOf(head: AnyHead): string {
  return 'method' in head ? `${head.method} ${head.target}` : `${head.status} ${head.reason}`;
}

/** A head on its way through the steps of a phase. */
class ReplayedHead {
  #line: string;
  #headers: Headers;

  constructor(came: AnyHead | undefined) {
    this.#line = came ? lineOf(came) : '';
    this.#headers = Headers.of(came?.headers ?? []);
  }

  equals(head: AnyHead): boolean {
    return lineOf(head) === this.#line && sameLines(head.headers.flat(), this.#headers.flat);
  }

  /** Makes the changes, and adds the heads when there is something to see. */
  take(step: HeadStep, budget: { lines: number }): HeadStep {
    if (step.changes.length === 0) return step;
    const before = this.#told();
    for (const change of step.changes) this.#make(change);
    const after = this.#told();
    if (before.line === after.line && sameLines(before.headers.flat(), after.headers.flat())) return step;
    budget.lines -= before.headers.length + after.headers.length + 2;
    return budget.lines < 0 ? step : { ...step, before, after };
  }

  #told(): TracedHead {
    return { line: this.#line, headers: this.#headers.lines() };
  }

  #make({ op, name, values }: HeadChange): void {
    const [value = ''] = values;
    switch (op) {
      case 'set':
        return this.#headers.set(name, value);
      case 'append':
        return this.#headers.append(name, value);
      case 'delete':
        return void this.#headers.deleteWhere(nameTest(name.toLowerCase()));
      case 'rewrite': {
        const each = values.values();
        return this.#headers.rewrite(name, (old) => each.next().value ?? old);
      }
      case 'method':
        this.#line = value + this.#line.slice(this.#line.indexOf(' '));
        return;
      case 'target':
        this.#line = `${this.#line.slice(0, this.#line.indexOf(' '))} ${value}`;
        return;
      case 'authority':
        if (parseAuthority(value) !== null) this.#headers.set('Host', value);
        return;
      case 'status':
        this.#line = values.join(' ');
        return;
      case 'head':
        this.#line = value;
        this.#headers = new Headers(values.slice(1));
        return;
    }
  }
}

function sameLines(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, i) => text === right[i]);
}
