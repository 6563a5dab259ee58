/** What nginx does otherwise whatever a config says. */
import { isAtLeast, type Plan } from '../plan.ts';

export function noteAlways({ notes, version }: Plan): void {
  if (!isAtLeast(version, '1.29.0'))
    notes.always(
      'early hints (103)',
      'nginx before 1.29.0 takes those of a backend for its answer: rules act on them alone, and HTTP/2 breaks off',
    );
  notes.always('no backend available', 'nginx answers 502, Switchyard 503');
  notes.always('error pages', 'nginx has pages of its own, in HTML, and another text where no route holds');
  notes.always(
    'server',
    'nginx writes `server: nginx` into its own answers, and into those of backends that have none',
  );
  notes.always('hosts', 'nginx takes away a dot at the end; an IPv6 address has brackets');
  notes.always(
    'paths',
    'nginx answers 400 to *, and to one with a % that begins no escape, with an encoded zero byte, or with more .. than segments',
  );
  notes.always(
    'Host',
    'nginx passes on the Host line alone: not the host of a request line that names one, and none where HTTP/1.0 has none',
  );
  notes.always(
    'requests',
    'nginx answers 405 to TRACE, and 400 to a head that is too long, a method in lower case and two lines of Authorization',
  );
  notes.always(
    'requests that are repaired',
    'nginx takes HTTP/1.2, a line without a colon and an unknown Expect, which Switchyard refuses',
  );
  notes.always(
    'headers of one connection',
    'nginx passes on what Connection names, and neither TE, Expect nor trailers',
  );
}
