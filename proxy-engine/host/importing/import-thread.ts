/** The thread that reads one file for an import, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { type ImportJob, readImport } from './read-import.ts';

parentPort?.postMessage(readImport(workerData as ImportJob));
