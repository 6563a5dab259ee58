/** What targets that name a type for every text add to an answer that names none. */
import type { RespondConfig } from '../contract/config.ts';
import type { Notes } from './notes.ts';

export function noteAnswerType(notes: Notes, path: string, { headers, body }: RespondConfig, target: string): void {
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  if (isTyped || body === undefined || body === '') return;
  notes.approximate(path, 'answer without a content-type', `${target} says text/plain`);
}

/** How long an answer is and how it ends is what a target knows by itself. */
export function isFraming(name: string): boolean {
  return FRAMING.has(name.toLowerCase());
}

const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);
