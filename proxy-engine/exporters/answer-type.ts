/** What targets that name a type for every text add to an answer that names none. */
import type { RespondConfig } from '../contract/config.ts';
import type { Notes } from './notes.ts';

export function noteAnswerType(notes: Notes, path: string, { headers, body }: RespondConfig, target: string): void {
  const isTyped = Object.entries(headers).some(([name, text]) => name.toLowerCase() === 'content-type' && text !== '');
  if (isTyped || body === undefined || body === '') return;
  notes.approximate(path, 'answer without a content-type', `${target} says text/plain`);
}

/** How long an answer is and how it ends is what a target knows by itself. */
export function isFraming(name: string): boolean {
  return FRAMING.has(name.toLowerCase());
}

const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);

/** An answer; of one that the target cannot say, its status alone: what it keeps from backends stays so. Undefined: not even that. */
export function attemptAnswer<T>(
  notes: Notes,
  path: string,
  what: string,
  respond: RespondConfig,
  emit: (respond: RespondConfig) => T,
): T | undefined {
  const whole = notes.attempt(path, `${what} (its status alone)`, () => emit(respond));
  return whole ?? notes.attempt(path, what, () => emit({ status: respond.status, headers: {} }));
}
