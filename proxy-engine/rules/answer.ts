/** Answers made here: by `respond`, by a redirect, by a limit. */
import { resolve } from 'node:path';
import type { RespondConfig } from '../contract/config.ts';
import type { ErrorCode } from '../errors.ts';
import { Headers } from '../http/headers.ts';
import { compileTemplate, type Template, type VariableSubject } from '../match/template.ts';

export interface Answer {
  status: number;
  /** Without framing headers: whoever writes it adds them. */
  headers: Headers;
  /** The body, when it is known. */
  body: Uint8Array | null;
  /** Absolute path of the file that is the body, when there is one. */
  bodyFile: string | null;
  /** Set when the proxy refuses by itself: the answer then carries `x-switchyard-error`. */
  error: ErrorCode | null;
}

/** Compiles a `respond`; a relative `bodyFile` is relative to `baseDir`. */
export function compileAnswer(config: RespondConfig, baseDir: string): (subject: VariableSubject) => Answer {
  const headers = Object.entries(config.headers).map(([name, value]) => [name, compileTemplate(value)] as const);
  const body = config.body === undefined ? null : compileBody(config.body);
  const bodyFile = config.bodyFile === undefined ? null : resolve(baseDir, config.bodyFile);
  return (subject) => ({
    status: config.status,
    headers: Headers.of(headers.map(([name, value]) => [name, value.render(subject)])),
    body: body?.(subject) ?? null,
    bodyFile,
    error: null,
  });
}

/** What is wrong with the variables of a `respond`; `at` continues its path. */
export function answerMistakes({ headers, body = '' }: RespondConfig): { at: string[]; message: string }[] {
  const values = Object.entries(headers).map(([name, text]) => ({ at: ['headers', name], text, lenient: false }));
  return [...values, { at: ['body'], text: body, lenient: true }].flatMap(({ at, text, lenient }) =>
    compileTemplate(text, { phase: 'request', lenient }).issues.map((message) => ({ at, message })),
  );
}

function compileBody(text: string): (subject: VariableSubject) => Uint8Array {
  const template: Template = compileTemplate(text, { lenient: true, unicode: true });
  if (template.constant === null) return (subject) => Buffer.from(template.render(subject), 'utf8');
  const bytes = Buffer.from(template.constant, 'utf8');
  return () => bytes;
}
