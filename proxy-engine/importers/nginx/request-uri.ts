/** Redirects by a group of the whole address, as those of the path that they are. */
import { withoutParentheses } from './conditions.ts';
import type { Directive } from './syntax.ts';

/** Of `$request_uri`, a group that takes the rest ends the path, and the query comes behind it. */
export function ofPath(step: Directive): Directive {
  const [variable, operator = '', pattern = ''] = withoutParentheses(step.words);
  const [answer, ...more] = step.block ?? [];
  const to = answer?.words.at(-1) ?? '';
  const isRest = variable === '$request_uri' && /^~\*?$/.test(operator) && /^\^\/[\w/-]*\(\.\*\)\$?$/.test(pattern);
  if (!isRest || more.length > 0 || answer?.name !== 'return' || !/^[^?#$]*(?:\$(?:host|scheme)[^?#$]*)*\$1$/.test(to))
    return step;
  const words = [...answer.words.slice(0, -1), `${to}$is_args$args`];
  return {
    ...withWords(step, ['($uri', operator, `${pattern})`]),
    block: [withWords(answer, words)],
  };
}

/** The directive with other words. */
export function withWords(directive: Directive, words: readonly string[]): Directive {
  return {
    ...directive,
    words: [...words],
    source: directive.source ?? directive.words,
    of: directive.of ?? directive,
  };
}
