/** What targets that name a type for every text add to an answer that names none. */
import type { RespondConfig } from '../contract/config.ts';
import type { Notes } from './notes.ts';

export function noteAnswerType(notes: Notes, path: string, { headers, body }: RespondConfig, target: string): void {
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  if (isTyped || body === undefined || body === '') return;
  notes.approximate(path, 'answer without a content-type', `${target} says text/plain`);
}
