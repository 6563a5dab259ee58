/** What Caddy does otherwise whatever a config says. */
import { isAtLeast, type Plan } from '../plan.ts';
import { writesVia } from './forwarded.ts';

export function noteAlways({ notes, version }: Plan): void {
  notes.always(
    'paths',
    'Caddy escapes what a URL may not have (not ASCII, quotation marks, braces, | and ^), and answers 400 to one with a % that begins no escape',
  );
  notes.always('# in a path', 'Caddy passes it on as %23, Switchyard answers 400');
  notes.always(
    'header lines',
    'Caddy joins several lines of one header; a condition on it holds where it does so for one of them, and for none where that opens',
  );
  notes.always('answers without a content-type', 'Caddy guesses one from their first bytes');
  if (writesVia({ version })) notes.always('via', 'Caddy names itself in the Via of answers of backends');
  else notes.always('server', 'Caddy names itself in a line before the one of the backend');
  if (isAtLeast(version, '2.11.5'))
    notes.always('names of headers', 'Caddy takes those with an underscore or a dot out of requests');
  notes.always(
    'headers of the connection',
    'Caddy takes Proxy-Authorization and trailers out of requests, and content-type out of answers with 304',
  );
  notes.always('patterns', 'Caddy sees letters of UTF-8 where Switchyard sees the bytes of a header');
  notes.always(
    'requests',
    'Caddy passes on GET *, answers OPTIONS *, leaves out a User-Agent that is empty, answers 400 to an empty line before a request, and writes an empty X-Forwarded-Host where HTTP/1.0 has no Host',
  );
  notes.always(
    'requests that are repaired',
    'Caddy takes HTTP/1.2, folded lines, a second Content-Length or one beside Transfer-Encoding, and HTTP/2 with another host than :authority, which Switchyard refuses',
  );
  notes.always('rules on responses', 'Caddy does not apply them to 101, which begins a WebSocket');
  notes.always(
    'connections that backends close',
    'where one was used before, Caddy sends GET and the like once more, whatever retry says',
  );
  notes.always('error texts', 'Caddy has shorter texts of its own');
}
