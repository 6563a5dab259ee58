import type { AttemptsEvents } from './attempt-series.ts';
import type { BodySource } from './client-response.ts';
import { ProxyError } from './errors.ts';
import type { LocalFile } from './request-phase.ts';

const CHUNK_BYTES = 64 * 1024;

/** Reads a local file in the place of a backend's body, and closes it. */
export function readFileBody(
  { file, sizeBytes }: LocalFile,
  events: Pick<AttemptsEvents, 'onResponseBody' | 'onResponseTurnEnd' | 'onResponseEnd' | 'onBrokenOff'>,
): BodySource {
  const stream = file.createReadStream({ end: sizeBytes - 1, highWaterMark: CHUNK_BYTES });
  stream.on('data', (chunk) => {
    events.onResponseBody(chunk as Buffer);
    events.onResponseTurnEnd();
  });
  stream.on('end', () => events.onResponseEnd(null));
  stream.on('error', (error) => events.onBrokenOff(new ProxyError('RULE_FAILED', error.message), 'reset'));
  return stream;
}
