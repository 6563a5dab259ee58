/** What Envoy does otherwise whatever a config says. */
import type { Notes } from '../notes.ts';

export function noteAlways(notes: Notes): void {
  notes.always('names of headers', 'Envoy writes them in lower case to HTTP/1.1 backends and clients');
  notes.always('a connection to a backend that times out', 'Envoy answers 502, Switchyard 504');
  notes.always('error texts', 'Envoy has texts of its own');
  notes.always('upgrades', 'Envoy answers 403 to an Upgrade to anything but websocket');
  notes.always(
    'requests',
    'Envoy answers 400 to a few methods, such as QUERY and M-SEARCH, and takes out a Referer that is no URL',
  );
  notes.always('headers of clients', 'Envoy takes out x-envoy-* and x-forwarded-client-cert, which it might believe');
  notes.always('answers of its own to gRPC', 'Envoy writes 200, with a grpc-status for what they are');
  notes.always('HTTP/1.0 without Host', 'the address of the listener takes its place');
}
