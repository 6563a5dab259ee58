/** HAProxy keeps a head, and an answer of its own as a whole, in a buffer; what does not fit is answered with 500. */
import type { Plan } from '../plan.ts';
import { textsIn } from '../variables.ts';

/** HAProxy's default. */
const BUFFER_BYTES = 16_384;
/** For the rest of a head, and for what rules still add to it. */
const ROOM_BYTES = 4096;

/** Larger buffers, where a text of the file needs them. */
export function bufferLines({ routes, rules, notes }: Plan): string[] {
  const texts = [...routes.map(({ config }) => config.respond), ...rules.map(({ config }) => config)];
  const longest = [...textsIn(texts)].reduce((most, text) => Math.max(most, Buffer.byteLength(text)), 0);
  const bytes = Math.ceil((longest + ROOM_BYTES) / BUFFER_BYTES) * BUFFER_BYTES;
  if (bytes <= BUFFER_BYTES) return [];
  notes.approximate(
    'rules',
    `buffers of ${bytes / 1024} KiB`,
    'a long text of a rule or an answer has to fit one; each connection of HAProxy needs more memory',
  );
  return [`tune.bufsize ${bytes}`];
}
