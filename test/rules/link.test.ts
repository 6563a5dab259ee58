import { describe, expect, it } from 'vitest';
import { Link, linksWithFault } from '../../proxy-engine/rules/link.ts';

const NONE = Number.POSITIVE_INFINITY;
const rule = new Link(1000);

describe('a link', () => {
  it.each([
    ['nobody is busy', 0, 1000],
    ['one is', 1, 1000],
    ['four are', 4, 250],
  ])('gives each its share: %s', (_, busy, share) => {
    const link = new Link(1000);
    link.busy = busy;
    expect(link.share).toBe(share);
  });
});

describe('a body goes over', () => {
  it.each([
    ['nothing that slows it', undefined, NONE, null],
    ['the line of a rule', rule, NONE, [1000]],
    ['what a fault lets through', undefined, 50, [50]],
    ['both', rule, 50, [1000, 50]],
  ])('%s', (_, ofRule, ofFault, rates) => {
    const links = linksWithFault(ofRule, ofFault);
    expect(links?.map(({ bytesPerSecond }) => bytesPerSecond) ?? null).toEqual(rates);
    expect(links?.includes(rule) ?? false).toBe(ofRule === rule);
  });

  it('a line of its own for each fault', () => {
    expect(linksWithFault(undefined, 50)?.[0]).not.toBe(linksWithFault(undefined, 50)?.[0]);
  });
});
