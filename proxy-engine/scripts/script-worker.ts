/** Entry of the worker in which scripts run. Jobs come one at a time; a script is read again when its file has changed. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { loadQuickJs, type NewQuickJs } from './load-quickjs.ts';
import type { FromScriptWorker, ScriptJob, ScriptReply } from './protocol.ts';
import { Sandbox } from './sandbox.ts';

interface LoadedScript {
  /** Tells one state of the file from another. */
  stamp: string;
  sandbox: Sandbox;
}

class ScriptShelf {
  readonly #newQuickJs: NewQuickJs;
  readonly #scripts = new Map<string, LoadedScript>();

  constructor(newQuickJs: NewQuickJs) {
    this.#newQuickJs = newQuickJs;
  }

  /** Rejects with what the file system says when the file cannot be read. */
  async get(file: string): Promise<Sandbox> {
    const { mtimeMs, size, ino } = statSync(file);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    const known = this.#scripts.get(file);
    if (known?.stamp === stamp) return known.sandbox;
    const source = readFileSync(file, 'utf8');
    const sandbox = new Sandbox(await this.#newQuickJs(), basename(file), source);
    this.#scripts.set(file, { stamp, sandbox });
    return sandbox;
  }

  drop(file: string): void {
    this.#scripts.delete(file);
  }
}

/** Whatever goes wrong costs this script its variables, and nothing else. */
async function run(shelf: ScriptShelf, { id, file, exchange, body }: ScriptJob): Promise<ScriptReply> {
  const startedAt = performance.now();
  try {
    const sandbox = await shelf.get(file);
    const { usable, ...result } = sandbox.call(exchange, body);
    if (!usable) shelf.drop(file);
    return { id, ...result, durationMs: performance.now() - startedAt };
  } catch (error) {
    shelf.drop(file);
    const message = error instanceof Error ? error.message : String(error);
    return { id, changes: {}, console: [], error: { message }, durationMs: performance.now() - startedAt };
  }
}

/** V8 compiles WebAssembly when it first runs; no script should be charged for that. */
function warmUp(sandbox: Sandbox): void {
  const request = { method: 'GET', target: '/', headers: [] };
  const about = { id: 0, rule: '', listener: '', clientIp: '', scheme: 'http', authority: '' };
  sandbox.call({ ...about, phase: 'request', request, bodyComplete: true }, new Uint8Array());
}

async function serve(port: NonNullable<typeof parentPort>): Promise<void> {
  const newQuickJs = loadQuickJs();
  warmUp(
    new Sandbox(await newQuickJs(), 'warm-up.js', 'function onRequest(exchange) { exchange.request.headers.get(""); }'),
  );
  const shelf = new ScriptShelf(newQuickJs);
  const tell = (message: FromScriptWorker): void => port.postMessage(message);
  port.on('message', (job: ScriptJob) => void run(shelf, job).then((reply) => tell({ type: 'reply', ...reply })));
  tell({ type: 'ready' });
}

if (parentPort) void serve(parentPort);
