/** `body`: what the body becomes; done by `body-edit.ts` when the body is there. Both phases. */
import { resolve } from 'node:path';
import type { ExpressionIssue } from '../../contract/expression/syntax.ts';
import { staysInLine } from '../../match/match-length.ts';
import { compilePattern, isMistake, type Pattern, type Render, replaceAt } from '../../match/pattern.ts';
import { StreamReplacement } from '../../match/stream-replacement.ts';
import { compileTemplate } from '../../match/template.ts';
import { type Action, type ActionContext, tellPattern } from '../action.ts';
import type { BodyEdit } from '../effects.ts';
import { patchProblem } from '../json-patch.ts';

export type BodyConfig =
  | { set: string }
  | { file: string }
  | { replace: string; with: string }
  | { jsonPatch: readonly Readonly<Record<string, unknown>>[] };

export function compileBody(config: BodyConfig, context: ActionContext): Action {
  if ('set' in config) {
    const template = compileTemplate(config.set, { phase: context.phase, lenient: true, unicode: true });
    for (const message of template.issues) context.issue(['body', 'set'], message);
    return {
      kind: 'effect',
      words: ['set body'],
      changes: [],
      effect: (exchange) => edit({ kind: 'set', text: template.render(exchange) }),
    };
  }
  if ('file' in config) {
    const path = resolve(context.baseDir, config.file);
    return {
      kind: 'effect',
      words: [`body from ${config.file}`],
      changes: [],
      effect: () => edit({ kind: 'file', path }),
    };
  }
  if ('jsonPatch' in config) {
    config.jsonPatch.forEach((operation, i) => {
      const problem = patchProblem(operation);
      if (problem) context.issue(['body', 'jsonPatch', i], problem);
    });
    return {
      kind: 'effect',
      words: ['patch body'],
      changes: [],
      effect: () => edit({ kind: 'json-patch', operations: config.jsonPatch }),
    };
  }
  return compileReplace(config, context);
}

function compileReplace(config: { replace: string; with: string }, context: ActionContext): Action {
  const pattern = compilePattern(config.replace);
  if (isMistake(pattern)) tellPattern(pattern, ['body', 'replace'], context);
  const groups = isMistake(pattern) ? 0 : pattern.groupCount;
  const template = compileTemplate(config.with, { phase: context.phase, groups, lenient: true, unicode: true });
  for (const message of template.issues) context.issue(['body', 'with'], message);
  return {
    kind: 'effect',
    words: ['replace in body'],
    changes: [],
    effect: (exchange) => edit(replacing(config.replace, pattern, (found) => template.render(exchange, found))),
  };
}

/** `pattern`: what is wrong with it when it is none. */
function replacing(source: string, pattern: Pattern | ExpressionIssue, render: Render): BodyEdit {
  const longest = isMistake(pattern) ? null : pattern.longest;
  return {
    kind: 'replace',
    *replace(text) {
      return isMistake(pattern) ? text : yield* pattern.replaceInSteps(text, render);
    },
    source: isMistake(pattern) || pattern.isPlain ? null : source,
    *replaceAt(text, places) {
      return isMistake(pattern) ? text : yield* replaceAt(text, places, pattern.groupCount, render);
    },
    stream:
      isMistake(pattern) || longest === null
        ? null
        : () => new StreamReplacement(pattern, { longest, inLine: staysInLine(source) }, render),
  };
}

function edit(bodyEdit: BodyEdit): { kind: 'body'; edit: BodyEdit } {
  return { kind: 'body', edit: bodyEdit };
}
