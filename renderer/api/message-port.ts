import type { ToWindow } from '../../proxy-engine/contract/channel.ts';
import { type Connection, type ConnectionHandlers, lossOf } from './connection.ts';
import { type Desktop, PORT_MESSAGE } from './desktop.ts';

let current: MessagePort | null = null;
let handlers: ConnectionHandlers | null = null;

// At module top level: the preload posts the port as soon as the page loads, before anything is rendered.
if (typeof window !== 'undefined')
  window.addEventListener('message', (event) => {
    const port = event.ports[0];
    if (event.source !== window || event.data !== PORT_MESSAGE || !port) return;
    current?.close();
    current = port;
    if (handlers) listen(port, handlers);
  });

function listen(port: MessagePort, to: ConnectionHandlers): void {
  port.addEventListener('message', (event: MessageEvent<ToWindow>) => to.onMessage(event.data));
  to.onOpen();
  port.start();
}

/** The channel of the desktop window. A restarted engine comes with a new port. */
export function messagePortConnection(desktop: Desktop): Connection {
  return {
    start(to) {
      handlers = to;
      if (current) listen(current, to);
      desktop.onEngineStatus((status) => {
        const loss = lossOf(status);
        if (loss) to.onLost(loss);
      });
    },
    send: (message) => current?.postMessage(message, []),
  };
}
