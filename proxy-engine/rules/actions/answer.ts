/** `respond`, `mapLocal`: answers without a backend. */
import { resolve } from 'node:path';
import type { RespondConfig } from '../../contract/config.ts';
import type { Action, ActionContext } from '../action.ts';
import { answerMistakes, compileAnswer } from '../answer.ts';

export function compileRespond(config: RespondConfig, context: ActionContext): Action {
  for (const { at, message } of answerMistakes(config)) context.issue(['respond', ...at], message);
  if (config.body !== undefined && config.bodyFile !== undefined)
    context.issue(['respond', 'bodyFile'], 'an answer has body or bodyFile, not both');
  const answer = compileAnswer(config, context.baseDir);
  return {
    kind: 'effect',
    words: [`respond ${config.status}`],
    changes: [],
    effect: (exchange) => ({ kind: 'answer', answer: answer(exchange) }),
  };
}

export type MapLocalConfig = { file: string } | { dir: string; strip: string; index: boolean; missing: 'pass' | 404 };

/** The file is looked up by `local-files.ts` when the request phase is over. */
export function compileMapLocal(config: MapLocalConfig, context: ActionContext): Action {
  if ('file' in config) {
    const path = resolve(context.baseDir, config.file);
    return {
      kind: 'effect',
      words: [`map to ${config.file}`],
      changes: [],
      effect: () => ({ kind: 'local', source: { kind: 'file', path } }),
    };
  }
  const { dir, strip, index, missing } = config;
  const root = resolve(context.baseDir, dir);
  return {
    kind: 'effect',
    words: [`map to ${dir}`],
    changes: [],
    effect(exchange) {
      const path = stripped(exchange.path, strip);
      return { kind: 'local', source: { kind: 'directory', root, path, index, missing } };
    },
  };
}

/** `/assets/a.js` without `/assets`; a prefix that ends inside a segment is not one. */
function stripped(path: string, prefix: string): string {
  if (prefix === '' || !path.startsWith(prefix)) return path;
  const rest = path.slice(prefix.length);
  if (prefix.endsWith('/')) return `/${rest}`;
  return rest === '' || rest.startsWith('/') ? rest : path;
}
