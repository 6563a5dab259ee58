/** A pattern that is looked for in a field, for targets that ask it of a longer text of which the field is a part. */
import { endOfPiece, repetition } from '../match/pieces.ts';
import { type Alphabet, anyOf, charOf, dotOf, pieceOf, restOf } from './alphabet.ts';
import { Inexpressible } from './notes.ts';

/** One way in which a pattern matches. */
interface Form {
  /** Only where the field begins, or ends. */
  start: boolean;
  end: boolean;
  /** Without anchors. */
  body: string;
  mayBeEmpty: boolean;
  /** Whether it asks for the edge of a word. */
  asksEdge: boolean;
}

const EMPTY: Form = { start: false, end: false, body: '', mayBeEmpty: true, asksEdge: false };

interface Reading {
  readonly source: string;
  readonly alphabet: Alphabet;
  readonly ignoreCase: boolean;
  at: number;
  /** As flags say where it stands. */
  folds: boolean;
  dotAll: boolean;
}

/**
 * What has to stand in place of the whole field for `source` to match somewhere in it, without anchors, and never beyond the field's
 * `alphabet`; null: nothing. `source` is valid RE2; `ignoreCase` holds outside of both. Throws `Inexpressible` for an anchor that is
 * repeated.
 */
export function fieldPattern(source: string, alphabet: Alphabet, ignoreCase = false): string | null {
  const forms = readAlternatives({ source, alphabet, ignoreCase, at: 0, folds: ignoreCase, dotAll: false });
  if (forms.length === 0) return null;
  const any = anyOf(alphabet);
  const rest = restOf(alphabet);
  const texts = forms.map(({ start, end, body }) =>
    body === '' && !start && !end ? rest : `${start ? '' : any}${body}${end ? '' : rest}`,
  );
  return texts.length === 1 ? (texts[0] ?? '') : `(?:${texts.join('|')})`;
}

/** What matches the value of a parameter, as it is encoded in a query, where `source` is found in the value. */
export function parameterPattern(source: string, ignoreCase: boolean): string {
  const pattern = fieldPattern(source, { encoded: true }, ignoreCase);
  return pattern === null ? NOTHING : `^${pattern}$`;
}

/** No text begins behind a character. */
export const NOTHING = '.^';

function readAlternatives(reading: Reading): Form[] {
  const forms = readSequence(reading);
  while (reading.source[reading.at] === '|') {
    reading.at++;
    forms.push(...readSequence(reading));
  }
  return merged(forms);
}

function readSequence(reading: Reading): Form[] {
  let forms: Form[] = [EMPTY];
  while (reading.at < reading.source.length && !'|)'.includes(reading.source[reading.at] ?? '')) {
    const next = readRepeated(reading);
    forms = merged(forms.flatMap((left) => next.flatMap((right) => joined(left, right))));
  }
  return forms;
}

/** What stands before the start, or behind the end, is empty. */
function joined(left: Form, right: Form): Form[] {
  if ((right.start && !left.mayBeEmpty) || (left.end && !right.mayBeEmpty)) return [];
  if ((right.start && left.asksEdge) || (left.end && right.asksEdge))
    throw new Inexpressible('the pattern asks for the edge of a word beside an anchor inside of it');
  return [
    {
      start: left.start || right.start,
      end: left.end || right.end,
      body: `${right.start ? '' : left.body}${left.end ? '' : right.body}`,
      mayBeEmpty: left.mayBeEmpty && right.mayBeEmpty,
      asksEdge: left.asksEdge || right.asksEdge,
    },
  ];
}

/** One for each combination of anchors. */
function merged(forms: readonly Form[]): Form[] {
  const kinds = new Map<string, Form[]>();
  for (const form of forms) {
    const kind = `${form.start} ${form.end}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), form]);
  }
  return [...kinds.values()].map((same) => {
    const [first = EMPTY] = same;
    const bodies = [...new Set(same.map(({ body }) => body))];
    return {
      ...first,
      body: bodies.length === 1 ? first.body : `(?:${bodies.join('|')})`,
      mayBeEmpty: same.some((form) => form.mayBeEmpty),
      asksEdge: same.some((form) => form.asksEdge),
    };
  });
}

function readRepeated(reading: Reading): Form[] {
  const forms = readPiece(reading);
  const times = quantifierAt(reading);
  return times === null ? forms : repeated(forms, times);
}

interface Times {
  min: number;
  max: number;
  text: string;
}

const SHORT: Readonly<Record<string, { min: number; max: number }>> = {
  '*': { min: 0, max: Number.POSITIVE_INFINITY },
  '+': { min: 1, max: Number.POSITIVE_INFINITY },
  '?': { min: 0, max: 1 },
};

/** Goes on behind it; whether it takes as much or as little as it can does not change what matches. */
function quantifierAt(reading: Reading): Times | null {
  const { source, at } = reading;
  const short = SHORT[source[at] ?? ''];
  const found = short ? { ...short, end: at + 1 } : repetition(source, at);
  if (!found) return null;
  reading.at = found.end + (source[found.end] === '?' ? 1 : 0);
  return { min: found.min, max: found.max, text: source.slice(at, found.end) };
}

function repeated(forms: readonly Form[], { min, max, text }: Times): Form[] {
  const optional = min === 0 ? [EMPTY] : [];
  if (max === 0 || forms.length === 0) return optional;
  const isAnchored = forms.some(({ start, end }) => start || end);
  if (!isAnchored)
    return forms.map((form) => ({
      ...form,
      body: `${ATOM.test(form.body) ? form.body : `(?:${form.body})`}${text}`,
      mayBeEmpty: form.mayBeEmpty || min === 0,
    }));
  // A place is the same however often it is asked for.
  if (max > 1 && forms.some(({ body }) => body !== ''))
    throw new Inexpressible('the pattern repeats an anchor together with other things');
  return merged([...forms, ...optional]);
}

/** A character, an escape or a class that is written plainly. */
const ATOM = /^(?:[^\\[\](){}|]|\\.|\[[^[\]]+\])$/su;

function readPiece(reading: Reading): Form[] {
  const { source, at } = reading;
  if (source[at] === '(') return readGroup(reading);
  if (source.startsWith('\\Q', at)) return readQuoted(reading);
  const end = endOfPiece(source, at);
  const wide = (source.codePointAt(at) ?? 0) > 0xffff;
  reading.at = wide ? at + 2 : end;
  const piece = source.slice(at, reading.at);
  if (piece === '^' || piece === '\\A') return [{ ...EMPTY, start: true }];
  if (piece === '$' || piece === '\\z') return [{ ...EMPTY, end: true }];
  if (piece === '\\b' || piece === '\\B') return edge(reading, piece);
  if (piece === '.') return ofText(reading, dotOf(reading.alphabet, reading.dotAll));
  return ofText(reading, pieceOf(piece, reading.alphabet, reading.folds));
}

function edge({ alphabet }: Reading, body: string): Form[] {
  // The digits of an escape would be letters of a word.
  if ('encoded' in alphabet) throw new Inexpressible('the pattern asks a parameter for the edge of a word');
  return [{ ...EMPTY, body, asksEdge: true }];
}

/** Null: no character of the field is one. */
function ofText({ folds, ignoreCase }: Reading, text: string | null): Form[] {
  if (text === null) return [];
  const body = folds === ignoreCase ? text : `(?${folds ? '' : '-'}i:${text})`;
  return [{ ...EMPTY, body, mayBeEmpty: false }];
}

/** Only the last character is what a quantifier behind it repeats. */
function readQuoted(reading: Reading): Form[] {
  const { source, at } = reading;
  const found = source.indexOf('\\E', at + 2);
  const chars = Array.from(source.slice(at + 2, found < 0 ? undefined : found));
  reading.at = found < 0 ? source.length : found + 2;
  const each = chars.map((char) => ofText(reading, charOf(char, reading.alphabet, reading.folds)));
  const times = quantifierAt(reading);
  const last = times && each.pop();
  if (times && last) each.push(repeated(last, times));
  return each.reduce((left, right) => left.flatMap((a) => right.flatMap((b) => joined(a, b))), [EMPTY]);
}

const OPENING = /^\((?:\?P?<\w+>|\?([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)]))?/;

function readGroup(reading: Reading): Form[] {
  const [opening = '(', on = '', off = '', end = ''] = OPENING.exec(reading.source.slice(reading.at)) ?? [];
  const { folds, dotAll } = reading;
  // Only there a line feed is found.
  if ('encoded' in reading.alphabet && on.includes('m'))
    throw new Inexpressible('the pattern asks a parameter for lines');
  reading.at += opening.length;
  reading.folds = on.includes('i') || (folds && !off.includes('i'));
  reading.dotAll = on.includes('s') || (dotAll && !off.includes('s'));
  // Flags hold up to the end of the group that they stand in.
  if (end === ')') return [EMPTY];
  const forms = readAlternatives(reading);
  reading.at++;
  Object.assign(reading, { folds, dotAll });
  return forms;
}
