/** Answers that HAProxy gives itself. */
import type { RespondConfig } from '../../contract/config.ts';
import { isFraming, noteAnswerType } from '../answer-type.ts';
import { Inexpressible, type Notes } from '../notes.ts';
import { mayBeEmpty, readValue } from '../value.ts';
import { format, word } from './text.ts';

/** Holds once a rule has answered: no further one acts on the request then. */
export const ANSWERED = '{ var(txn.answer) -m found }';

/** Takes note that `id` answers, under the condition that `when` has written. */
export function answersLine(id: string, when: string): string {
  return `http-request set-var(txn.answer) str(${id})${when}`;
}

/** The answer itself, behind all rules: those for responses are decided on the request as it is then. */
export function finalLine(id: string, answer: string): string {
  return `http-request ${answer} if { var(txn.answer) -m str -- ${id} }`;
}

/** What HAProxy says of a file when it is told nothing. */
const TYPE_OF_FILES = 'application/octet-stream';

export const NO_EMPTY_LINES = 'HAProxy answers without the lines that have none';

export function noteAnswer(notes: Notes, path: string, respond: RespondConfig): void {
  noteAnswerType(notes, path, respond, 'HAProxy');
  const { headers, body = '', bodyFile } = respond;
  if (bodyFile !== undefined && !isBodyless(respond.status)) noteFile(notes, path, respond);
  const values = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-type');
  if (values.some(([, text]) => mayBeEmpty(readValue(text)))) notes.approximate(path, 'an empty value', NO_EMPTY_LINES);
  if (isBodyless(respond.status) && (body !== '' || values.length < Object.keys(headers).length))
    notes.approximate(
      path,
      `status ${respond.status}`,
      'HAProxy leaves out the content-type, and the body where a rule changes the status',
    );
  if (bodyFile === undefined && mayBeEmpty(readValue(body)))
    notes.approximate(path, 'an empty body', 'HAProxy answers without a content-type then');
}

function noteFile(notes: Notes, path: string, respond: RespondConfig): void {
  notes.approximate(
    path,
    'a file as the body',
    'HAProxy does not start without it, nor where it is longer than a buffer (16 KiB, tune.bufsize)',
  );
  if (!typeOf(respond))
    notes.approximate(path, 'answer without a content-type', `HAProxy says ${TYPE_OF_FILES}: browsers save it`);
}

function isBodyless(status: number): boolean {
  return status === 204 || status === 304;
}

function typeOf({ headers }: RespondConfig): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
}

/** Statuses that `return` takes. */
function checkStatus(status: number): void {
  if (status < 200 || status > 599) throw new Inexpressible(`HAProxy does not answer with ${status}`);
}

/** `return status …`, without the verb. */
export function answerLine(respond: RespondConfig): string {
  const { status, headers, body, bodyFile } = respond;
  checkStatus(status);
  const type = typeOf(respond);
  const words = [`return status ${status}`];
  const bodyless = isBodyless(status);
  if (bodyFile !== undefined && !bodyless)
    words.push(`content-type ${word(type || TYPE_OF_FILES)} file ${word(bodyFile)}`);
  else if (body !== undefined && body !== '' && !bodyless)
    words.push(`content-type ${word(type || 'text/plain')} lf-string ${format(readValue(body))}`);
  for (const [name, text] of Object.entries(headers))
    if (name.toLowerCase() !== 'content-type' && !isFraming(name))
      words.push(`hdr ${word(name)} ${format(readValue(text))}`);
  return words.join(' ');
}
