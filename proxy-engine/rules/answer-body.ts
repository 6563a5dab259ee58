import { readFile } from 'node:fs';
import { ProxyError } from '../errors.ts';
import type { Answer } from './answer.ts';

const EMPTY = Buffer.alloc(0);

/** The bytes of an answer; at once when they are not in a file. */
export function readAnswer(answer: Answer, then: (error: ProxyError | null, body: Buffer) => void): void {
  const { bodyFile, body } = answer;
  if (bodyFile === null) {
    then(null, body === null ? EMPTY : Buffer.from(body));
    return;
  }
  readFile(bodyFile, (cause, data) => {
    const error = cause && new ProxyError('RULE_FAILED', `cannot read ${bodyFile}: ${cause.message}`, { cause });
    then(error, data ?? EMPTY);
  });
}
