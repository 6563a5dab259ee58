// Asks a limit of 1,000 at a time for one key as often as it can in 3,000 turns, and tells how often it was let through.
import { parentPort, workerData } from 'node:worker_threads';
import { SharedLimitStates } from '../../proxy-engine/rules/limit-states.ts';

const states = new SharedLimitStates(workerData);
let allowed = 0;
for (let i = 0; i < 3000; i++) if (states.take('key', 0, { rate: 1000, burst: 1_000_000 }).allowed) allowed++;
parentPort.postMessage(allowed);
