/** What HAProxy does otherwise whatever a config says. */
import type { Notes } from '../notes.ts';

export function noteAlways(notes: Notes): void {
  notes.always('headers that Connection names', 'HAProxy passes them on; conditions do not see Connection itself');
  notes.always(
    'an unusual Host',
    'HAProxy answers 400 where the request line names another host, makes none up for HTTP/1.0, and takes the usual port away from one that the request line names, too',
  );
  notes.always(
    'requests',
    'HAProxy answers 400 to a target that is not ASCII and to a head that is too long, 413 to a body of GET and DELETE by HTTP/1.0, passes on GET *, and HTTP/1.0 as such',
  );
  notes.always(
    'requests that are repaired',
    'HAProxy takes HTTP/1.2, folded lines, a second Content-Length or one beside Transfer-Encoding, and HTTP/2 with another host than :authority, which Switchyard refuses',
  );
  notes.always('error pages', 'HAProxy has pages of its own, in HTML, and another text where no route holds');
}
