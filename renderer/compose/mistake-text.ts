import type { Messages } from '../i18n/en.ts';
import type { DraftMistake } from './draft-mistakes.ts';

/** What is wrong, and what is allowed. */
export function mistakeText(mistake: DraftMistake, { mistakes }: Messages['compose']): string {
  switch (mistake.kind) {
    case 'number':
      return mistakes.number(mistake.most);
    case 'method':
      return mistakes.method;
    case 'no url':
      return mistakes.noUrl;
    case 'scheme':
      return mistakes.scheme(mistake.scheme);
    case 'host':
      return mistakes.host(mistake.host);
    case 'header':
      return mistakes.header(mistake.name);
  }
}
