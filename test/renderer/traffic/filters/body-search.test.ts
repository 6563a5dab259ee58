import { describe, expect, test } from 'vitest';
import { searchInBodies, withoutEmptySearch } from '../../../../renderer/traffic/filters/body-search.ts';

/** `|` on both sides of what is selected. */
function begun(filter: string): string {
  const { text, from, to } = searchInBodies(filter);
  return `${text.slice(0, from)}|${text.slice(from, to)}|${text.slice(to)}`;
}

describe('a search in bodies', () => {
  test.each([
    ['', 'body *= "||"'],
    ['  ', 'body *= "||"'],
    ['status = 500', 'status = 500 and body *= "||"'],
    ['host = a and path = /', 'host = a and path = / and body *= "||"'],
    ['status = 500 or failed', '(status = 500 or failed) and body *= "||"'],
    ['(status = 500 or failed)', '((status = 500 or failed)) and body *= "||"'],
    ['"text"', '"text" and body *= "||"'],
    ['status =', 'status = and body *= "||"'],
    ['body *= boots', 'body *= |boots|'],
    ['host = a and body  *=  "two words" and failed', 'host = a and body  *=  "|two words|" and failed'],
    ["body *= 'x'", "body *= '|x|'"],
    ['not body *= x', 'not body *= x and body *= "||"'],
    ['body *= x or failed', '(body *= x or failed) and body *= "||"'],
    ['path = "body *= x"', 'path = "body *= x" and body *= "||"'],
  ])('is added to %j', (filter, text) => expect(begun(filter)).toBe(text));

  test.each([
    '',
    'status = 500',
    'host = a and path = /',
    'status = 500 or failed',
    '(host = a) or (failed)',
    '"text"',
  ])('that looks for nothing leaves %j as it was', (filter) =>
    expect(withoutEmptySearch(searchInBodies(filter).text)).toBe(filter),
  );

  test.each([
    ['host = a and body *= "" and failed', 'host = a and failed'],
    ['body *= "" and failed', 'failed'],
    ['(host = a) and body *= ""', '(host = a)'],
    ['body *= "x"', 'body *= "x"'],
    ['not body *= ""', 'not body *= ""'],
    ['body *= "', 'body *= "'],
  ])('that is empty is taken out of %j', (filter, rest) => expect(withoutEmptySearch(filter)).toBe(rest));
});
