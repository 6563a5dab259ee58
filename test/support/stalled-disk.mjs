// Loaded before the engine: as long as the file named by STALLED_WHILE is there, nothing that the store thread writes comes to an end.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const never = new Int32Array(new SharedArrayBuffer(4));

if (!isMainThread) {
  for (const name of ['writeSync', 'writevSync']) {
    const write = fs[name];
    fs[name] = (...input) => {
      while (fs.existsSync(process.env.STALLED_WHILE)) Atomics.wait(never, 0, 0, 10);
      return write(...input);
    };
  }
  syncBuiltinESMExports();
}
