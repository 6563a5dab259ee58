/** Charles's Rewrite: the status. */
import { compilePattern, isMistake } from '../../match/pattern.ts';
import { anyOf, oneOf } from '../expressions.ts';
import type { Fields, Outcome } from './rule-fields.ts';

const CLASSES = [1, 2, 3, 4, 5];

/** `404` or `404 Not Found`. */
export function changeStatus({ match, next }: Fields): Outcome {
  const status = Number.parseInt(next.value, 10);
  const what = `status ${match.value || 'any'} to ${next.value}`;
  if (Number.isNaN(status)) return { what, refused: 'its new status is no number' };
  const actions = { response: [{ status }] };
  if (match.value === '') return { what, actions };
  const also = match.valueRegex ? codesLike(match.value) : codeIn(match.value);
  return also === undefined
    ? { what, refused: 'what it asks for is no status, and no pattern of one' }
    : { what, actions, also };
}

function codeIn(text: string): string | undefined {
  const [, code] = /^([1-5]\d\d)(?:\s|$)/.exec(text) ?? [];
  return code === undefined ? undefined : `status = ${code}`;
}

/** Of the codes, those that the pattern takes as a whole; a class where it takes all of one. */
function codesLike(source: string): string | undefined {
  const pattern = compilePattern(source);
  if (isMistake(pattern)) return undefined;
  const byClass = CLASSES.map((first) => {
    const codes = Array.from({ length: 100 }, (_, i) => String(first * 100 + i));
    return { first, codes: codes.filter((code) => pattern.match(code)?.[0] === code) };
  });
  return anyOf([
    ...byClass.flatMap(({ first, codes }) => (codes.length === 100 ? [`status = ${first}xx`] : [])),
    ...listOf(byClass.flatMap(({ codes }) => (codes.length < 100 ? codes : []))),
  ]);
}

function listOf(codes: readonly string[]): string[] {
  return codes.length === 0 ? [] : [oneOf('status', codes)];
}
