/** How a target finds headers, parameters and cookies by their names, where that is not how Switchyard does: the first counts. */
import { type Condition, type Subject, type Test, testsOf, WEBSOCKET } from './condition.ts';
import { Inexpressible } from './notes.ts';
import type { Plan } from './plan.ts';

/** Tells at each condition that asks for one of them, by kind, why. */
export function noteLookups(plan: Plan, differences: Partial<Record<Subject['kind'], string>>): void {
  noteTests(plan, (test) => differences[test.subject.kind]);
}

const JOINED = 'several lines of one header are one, joined with commas';

/** Of what has several lines, in either direction. */
export const JOINED_LINES = { header: JOINED, responseHeader: JOINED };

/** Tells at each condition that asks for an IPv6 address as the host, which Switchyard has without brackets. */
export function noteBrackets(plan: Plan): void {
  noteTests(plan, (test) =>
    test.kind === 'test' && test.subject.kind === 'host' && /[:[\]]/.test(test.value)
      ? 'an IPv6 address has brackets'
      : undefined,
  );
}

/** Tells at each condition that asks for WebSockets. */
export function noteWebSockets(plan: Plan): void {
  noteTests(plan, (test) =>
    test.kind === 'test' && test.subject.kind === 'header' && test.value === WEBSOCKET
      ? 'it asks for `Upgrade: websocket` alone, whatever Connection says'
      : undefined,
  );
}

/** Tells at each condition that asks for the header Host. */
export function noteHostHeader(plan: Plan, why: string): void {
  noteTests(plan, ({ subject }) =>
    subject.kind === 'header' && subject.name.toLowerCase() === 'host' ? why : undefined,
  );
}

/** Tells at each test for which it matters that a letter has several bytes, where a target compares bytes. */
export function noteBytes(plan: Plan, target: string, ofParameters: boolean): void {
  noteTests(plan, (test) =>
    test.kind === 'test' && (readsBytes(test) || (ofParameters && asksAnyLetter(test)))
      ? `${target} compares bytes: in a pattern, a letter that is not ASCII is several, and none has another case`
      : undefined,
  );
}

/** In brackets, repeated, or in either case. */
function readsBytes({ comparison, value, ignoreCase }: Test): boolean {
  if (!/\P{ASCII}/u.test(value)) return false;
  return ignoreCase || (comparison === 'regex' && /\[[^\]]*\P{ASCII}|\P{ASCII}[+*?{]|\(\?[a-zA-Z]*i/u.test(value));
}

/** Of a parameter, which Switchyard reads as text. */
function asksAnyLetter({ subject, comparison, value }: Test): boolean {
  return subject.kind === 'parameter' && comparison === 'regex' && /(?<!\\)\.|\[\^|\\[WSDpP]/.test(value);
}

type SubjectTest = Extract<Condition, { subject: Subject }>;

function noteTests({ routes, rules, notes }: Plan, whyOf: (test: SubjectTest) => string | undefined): void {
  for (const [word, planned] of [
    ['route', routes],
    ['rule', rules],
  ] as const)
    for (const { path, name, condition } of planned)
      for (const test of testsOf(condition)) {
        const why = test.kind === 'status' ? undefined : whyOf(test);
        if (why !== undefined) notes.approximate(`${path}.match`, `${word} ${name}`, why);
      }
}

const KEPT_BY_GO: ReadonlySet<string> = new Set(['transfer-encoding', 'trailer']);

/** Refuses the headers that programs in Go no longer have when they ask. */
export function checkHeader(name: string, target: string): void {
  if (KEPT_BY_GO.has(name.toLowerCase())) throw new Inexpressible(`${target} does not see ${name}`);
}
