import { expect, it } from 'vitest';
import { editDistance, nearest } from '../../../proxy-engine/contract/expression/nearest-word.ts';

it.each([
  ['hsot', 'host', 1],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['same', 'same', 0],
])('%s → %s: %i', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

it.each<[word: string, known: string[], meant: string | undefined]>([
  ['HSOT', ['path', 'host'], 'host'],
  ['healthChek', ['health', 'healthCheck'], 'healthCheck'],
  ['ab', ['ac', 'ad'], 'ac'],
  ['more', ['name', 'mirror'], undefined],
  ['zzzzzz', ['host', 'path'], undefined],
  ['', ['a'], 'a'],
  ['host', [], undefined],
])('%j among %j is %j', (word, known, meant) => expect(nearest(word, known)).toBe(meant));
