/** Entry of a thread that carries exchanges beside the engine's own. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerData } from './protocol.ts';
import { WorkerEngine } from './worker-engine.ts';

const port = parentPort;
if (port) {
  const engine = new WorkerEngine(workerData as WorkerData, port);
  port.on('message', (message: ToWorker) => engine.receive(message));
  port.postMessage({ type: 'ready' } satisfies FromWorker);
}
