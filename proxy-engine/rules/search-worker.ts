/** Entry of the thread in which long bodies are searched. Searches come one at a time. */
import { parentPort } from 'node:worker_threads';
import { compilePattern, isMistake } from '../match/pattern.ts';

export interface SearchJob {
  /** Of a pattern that compiles. */
  source: string;
  text: string;
}

function serve(port: NonNullable<typeof parentPort>): void {
  port.on('message', ({ source, text }: SearchJob) => {
    const pattern = compilePattern(source);
    const places = isMistake(pattern) ? new Int32Array() : pattern.places(text);
    port.postMessage(places, [places.buffer as ArrayBuffer]);
  });
}

if (parentPort) serve(parentPort);
