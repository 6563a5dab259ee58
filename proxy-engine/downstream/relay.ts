import type { Duplex } from 'node:stream';

export interface RelayEvents {
  onBytes(direction: 'up' | 'down', chunk: Buffer): void;
  onEnd(): void;
}

/** Joins two sockets after an upgrade: bytes both ways, back-pressure, half-close passed on; ends when both ends have. */
export function relay(client: Duplex, backend: Duplex, events: RelayEvents): void {
  let open = 2;
  const closed = () => {
    if (--open === 0) events.onEnd();
  };
  join(client, backend, (chunk) => events.onBytes('up', chunk), closed);
  join(backend, client, (chunk) => events.onBytes('down', chunk), closed);
}

function join(from: Duplex, to: Duplex, onBytes: (chunk: Buffer) => void, onClosed: () => void): void {
  from.on('data', (chunk: Buffer) => {
    onBytes(chunk);
    if (!to.destroyed && !to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('close', () => {
    if (from.readableEnded) endThenDestroy(to);
    else to.destroy();
    onClosed();
  });
  from.resume();
}

/** What was written still goes out: `from` said all it had to say. */
function endThenDestroy(to: Duplex): void {
  if (to.writableFinished) to.destroy();
  else to.end(() => to.destroy());
}
