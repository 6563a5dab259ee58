/** Texts in colour, line by line; loaded when the first text is shown. */
import type { Parser } from '@lezer/common';
import { parser as css } from '@lezer/css';
import { classHighlighter, highlightCode } from '@lezer/highlight';
import { parser as html } from '@lezer/html';
import { parser as javascript } from '@lezer/javascript';
import { parser as json } from '@lezer/json';
import { parser as xml } from '@lezer/xml';
import type { Sliced } from '../../../ui/slices.ts';
import type { TextLanguage } from './text-language.ts';

export interface Painted {
  text: string;
  /** Names of kinds of words: `tok-string`; empty for what has none. */
  classes: string;
}

const PARSERS: Record<TextLanguage, Parser> = { css, html, javascript, json, xml };

/** Characters that are painted between two places where the work may rest. */
const STRETCH = 8192;

/** The lines of a text. What does not parse is shown as it is. */
export function* paintLines(text: string, language: TextLanguage): Sliced<Painted[][]> {
  const parse = PARSERS[language].startParse(text);
  let tree = parse.advance();
  for (; tree === null; tree = parse.advance()) yield;
  const lines: Painted[][] = [[]];
  for (let from = 0; from < text.length; from += STRETCH) {
    yield;
    highlightCode(
      text,
      tree,
      classHighlighter,
      (part, classes) => lines.at(-1)?.push({ text: part, classes }),
      () => lines.push([]),
      from,
      Math.min(text.length, from + STRETCH),
    );
  }
  return lines;
}
