import { describe, expect, it } from 'vitest';
import { groupCount, isAnchored, reopenGroups } from '../../proxy-engine/exporters/pattern.ts';

describe('isAnchored', () => {
  it.each([
    ['^/a', true],
    ['^/(v1|v2)/', true],
    ['(?i)^/A', true],
    ['(?is)^/(?:a|b)', true],
    ['\\Aa', true],
    ['^[|]', true],
    ['^a\\|b', true],
    ['^a|b', false],
    ['^(a)|b', false],
    ['(?m)^a', false],
    ['^*a', false],
    ['(^|/)a', false],
    ['a', false],
    ['', false],
  ])('says of %s: %s', (pattern, expected) => expect(isAnchored(pattern)).toBe(expected));
});

describe('groups', () => {
  it.each([
    ['(a)(b)', 2],
    ['(?P<x>a)(b)', 2],
    ['(?<x>a)', 1],
    ['(?:a)(?i:b)(?i)(c)', 1],
    ['\\((a)', 1],
    ['[(](a)', 1],
    ['[](](a)', 1],
    ['[[:alpha:](](a)', 1],
    ['\\Q(\\E(a)', 1],
    ['((a)|(b))', 3],
  ])('of %s: %i', (pattern, count) => {
    expect(groupCount(pattern)).toBe(count);
    const renamed = reopenGroups(pattern, (n) => `(?<g${n}>`);
    expect(renamed.match(/\(\?<g\d>/g)).toHaveLength(count);
    expect(renamed).not.toMatch(/<x>/);
  });
});
