import { describe, expect, test } from 'vitest';
import { framedPage } from '../../../renderer/traffic/detail/viewers/framed-page.ts';

const POLICY = /^(<!doctype html>)?<meta http-equiv="Content-Security-Policy" content="default-src 'none'[^>]*>/;

describe('a page in its frame', () => {
  test.each([
    ['<a href="/x">x</a>', '<a target="_blank" href="/x">x</a>'],
    ['<A\ntarget=_self href=/x>', '<A target="_blank"\ntarget=_self href=/x>'],
    ['<map><area href=/x></map><a>', '<map><area target="_blank" href=/x></map><a target="_blank">'],
    ['<abbr>a</abbr> <address> 1 <a', '<abbr>a</abbr> <address> 1 <a'],
  ])('the links of %s lead nowhere', (text, shown) => {
    expect(framedPage(text).replace(POLICY, '')).toBe(shown);
  });

  test.each([
    ['<!DOCTYPE html><p>', true],
    ['<?xml version="1.0"?>\n<!-- > -->\n<!doctype html PUBLIC "x">', true],
    ['<p>', false],
  ])('%s is drawn by the standards: %s', (text, standards) => {
    expect(POLICY.exec(framedPage(text))?.[1] !== undefined).toBe(standards);
  });
});
