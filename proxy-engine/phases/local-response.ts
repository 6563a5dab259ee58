/** A local file in the place of a backend's response. */

import { ProxyError } from '../errors.ts';
import type { OutgoingResponse } from '../exchange.ts';
import { Headers } from '../http/headers.ts';
import type { BodyOwner } from '../rules/body-stream.ts';
import type { AttemptsEvents } from './attempt-series.ts';
import type { BodySource } from './client-response.ts';
import type { LocalFile } from './request-phase.ts';

const CHUNK_BYTES = 64 * 1024;

/** The head of a response whose body is a local file. */
export function fileHead({ contentType, sizeBytes }: LocalFile): OutgoingResponse {
  const headers = new Headers(['Content-Type', contentType, 'Content-Length', String(sizeBytes)]);
  return { status: 200, reason: 'OK', headers };
}

/** Reads its body, and closes the file. */
export function readFileBody(
  { file, sizeBytes }: LocalFile,
  events: Pick<AttemptsEvents, 'onResponseBody' | 'onResponseTurnEnd' | 'onResponseEnd'> &
    Pick<BodyOwner, 'onBodyBroken'>,
): BodySource {
  const stream = file.createReadStream({ end: sizeBytes - 1, highWaterMark: CHUNK_BYTES });
  const fail = (why: string) => events.onBodyBroken(new ProxyError('RULE_FAILED', why));
  stream.on('data', (chunk) => {
    events.onResponseBody(chunk as Buffer);
    events.onResponseTurnEnd();
  });
  stream.on('end', () => {
    if (stream.bytesRead === sizeBytes) events.onResponseEnd(null);
    else fail(`map local: the file lost ${sizeBytes - stream.bytesRead} of its ${sizeBytes} bytes while it was read`);
  });
  stream.on('error', ({ message }) => fail(`map local: ${message}`));
  return stream;
}
