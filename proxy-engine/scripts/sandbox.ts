/**
 * One script in a QuickJS of its own: no I/O, bounded CPU time and memory. The script's variables live as long as this does;
 * to be rid of it, forget it.
 */
import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from 'quickjs-emscripten-core';
import { charsetOf, isUtf8 } from '../contract/charset.ts';
import type { ConsoleLine } from '../contract/exchange.ts';
import { errorOf, type Limit } from './failure.ts';
import {
  SCRIPT_CPU_MS,
  SCRIPT_MEMORY_BYTES,
  type ScriptChanges,
  type ScriptExchange,
  type ScriptFailure,
} from './protocol.ts';
import { readOutcome } from './read-outcome.ts';
import { INSTALL_SOURCE } from './sandbox-globals.ts';

/** Bytes of QuickJS's own stack; what V8 needs for it is in `script-runner`. */
const STACK_BYTES = 128 * 1024;
/** For saying what was thrown, also when the time of the call is over. */
const DESCRIBE_CPU_MS = 20;
const MAX_CONSOLE_LINES = 200;
const MAX_CONSOLE_CHARS = 4000;

const NEVER_SETTLES: ScriptFailure = {
  message: 'the promise of the handler never settles: there is nothing to wait for in here',
};

export interface CallResult {
  changes: ScriptChanges;
  error: ScriptFailure | null;
  console: ConsoleLine[];
  /** Neither time nor memory ran out: it may be called again. */
  usable: boolean;
}

export class Sandbox {
  readonly #name: string;
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #quickjs: QuickJSWASMModule;
  readonly #run: QuickJSHandle;
  /** Of a script with exports. */
  readonly #module: QuickJSHandle | null;
  readonly #loadError: ScriptFailure | null;
  /** Milliseconds of processor time. */
  readonly #cpuMs: () => number;
  #deadline = 0;
  #limit: Limit | null = null;
  // Of the call under way.
  #body: Uint8Array = new Uint8Array();
  #contentType: string | undefined;
  #put: { message?: Uint8Array; answer?: Uint8Array } = {};
  #console: ConsoleLine[] = [];

  /**
   * `name` is what errors call the script. `quickjs` is for it alone. `cpuMs` is asked about every 10,000 steps of QuickJS;
   * default: this thread's. Throws only when QuickJS itself is broken.
   */
  constructor(quickjs: QuickJSWASMModule, name: string, source: string, cpuMs: () => number = threadCpuMs) {
    this.#name = name;
    this.#cpuMs = cpuMs;
    this.#quickjs = quickjs;
    this.#runtime = quickjs.newRuntime();
    this.#runtime.setMaxStackSize(STACK_BYTES);
    this.#runtime.setInterruptHandler(() => this.#isLate());
    this.#context = this.#runtime.newContext();
    this.#run = this.#install();
    const loaded = this.#load(source);
    this.#module = 'module' in loaded ? loaded.module : null;
    this.#loadError = 'error' in loaded ? loaded.error : null;
  }

  call(exchange: ScriptExchange, body: Uint8Array): CallResult {
    this.#body = body;
    this.#contentType = contentTypeOf(exchange);
    this.#put = {};
    if (this.#loadError) return this.#result({}, this.#loadError);
    this.#begin();
    const handlerName = exchange.phase === 'request' ? 'onRequest' : 'onResponse';
    const handler = this.#handler(handlerName);
    if (this.#context.typeof(handler) !== 'function') {
      handler.dispose();
      return this.#result({}, { message: `the script has no function ${handlerName}` });
    }
    const json = this.#context.newString(JSON.stringify(exchange));
    const called = this.#context.callFunction(this.#run, this.#context.undefined, handler, json);
    handler.dispose();
    json.dispose();
    if (called.error) return this.#result({}, this.#describe(called.error));
    return this.#settle(called.value);
  }

  /** An `async` handler has to be done when its jobs are: there is nothing in here that it could wait for. */
  #settle(value: QuickJSHandle): CallResult {
    const jobs = this.#runtime.executePendingJobs();
    if (jobs.error) {
      value.dispose();
      return this.#result({}, this.#describe(jobs.error));
    }
    const state = this.#context.getPromiseState(value);
    if (state.type === 'pending') {
      value.dispose();
      return this.#result({}, NEVER_SETTLES);
    }
    if (state.type === 'rejected') {
      value.dispose();
      return this.#result({}, this.#describe(state.error));
    }
    const text = this.#context.getString(state.value);
    if (!state.notAPromise) state.value.dispose();
    value.dispose();
    const outcome = readOutcome(text, this.#put);
    return 'problem' in outcome ? this.#result({}, { message: outcome.problem }) : this.#result(outcome.changes, null);
  }

  #result(changes: ScriptChanges, error: ScriptFailure | null): CallResult {
    // An async function that was interrupted has ended without a word, or never will: nothing tells so but the limit.
    if (this.#limit !== null && (error === null || error === NEVER_SETTLES))
      return this.#result({}, errorOf(undefined, this.#name, this.#limit).failure);
    const console = this.#console;
    this.#console = [];
    return { changes, error, console, usable: this.#limit === null };
  }

  #begin(): void {
    this.#limit = null;
    this.#deadline = this.#cpuMs() + SCRIPT_CPU_MS;
  }

  #isLate(): boolean {
    if (this.#cpuMs() < this.#deadline) return false;
    this.#limit = 'time';
    return true;
  }

  /** Disposes of `error`. */
  #describe(error: QuickJSHandle): ScriptFailure {
    // What was thrown may have getters that never end.
    this.#deadline = this.#cpuMs() + DESCRIBE_CPU_MS;
    const dumped: unknown = this.#context.dump(error);
    error.dispose();
    const isFull = this.#quickjs.getWasmMemory().buffer.byteLength >= SCRIPT_MEMORY_BYTES;
    // Without memory there may be none for an error that says so.
    if (isFull && this.#limit === null && (typeof dumped !== 'object' || dumped === null)) this.#limit = 'memory';
    const { limit, failure } = errorOf(dumped, this.#name, this.#limit);
    this.#limit = limit;
    return failure;
  }

  // ── loading ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #load(
    source: string,
    type: 'module' | 'global' = 'global',
  ): { module: QuickJSHandle | null } | { error: ScriptFailure } {
    this.#begin();
    const evaluated = this.#context.evalCode(source, this.#name, { type });
    if (evaluated.error) {
      const error = this.#describe(evaluated.error);
      // Of a script that does not parse nothing has run.
      return type === 'global' && /keyword: (export|import)$/.test(error.message)
        ? this.#load(source, 'module')
        : { error };
    }
    if (type === 'module') return { module: evaluated.value };
    evaluated.value.dispose();
    return { module: null };
  }

  #handler(name: string): QuickJSHandle {
    if (this.#module) return this.#context.getProp(this.#module, name);
    // Not a property of the global object when it was declared with `const`.
    const found = this.#context.evalCode(`typeof ${name} === 'function' ? ${name} : undefined`, '<switchyard>');
    return this.#context.unwrapResult(found);
  }

  #install(): QuickJSHandle {
    this.#begin();
    const context = this.#context;
    const host = this.#hostObject();
    const install = context.unwrapResult(context.evalCode(`(${INSTALL_SOURCE})`, '<switchyard>'));
    const run = context.unwrapResult(context.callFunction(install, context.undefined, host));
    install.dispose();
    host.dispose();
    return run;
  }

  #hostObject(): QuickJSHandle {
    const context = this.#context;
    const host = context.newObject();
    const functions: Record<string, (...args: QuickJSHandle[]) => QuickJSHandle | undefined> = {
      log: (level, json) => this.#log(level, json),
      bodyText: () => context.newString(JSON.stringify(textOf(this.#body, this.#contentType))),
      bodyBytes: () => context.newArrayBuffer(Uint8Array.from(this.#body).buffer),
      putBody: (kind, body) => this.#take(kind, body),
    };
    for (const [name, run] of Object.entries(functions))
      context.newFunction(name, run).consume((handle) => context.setProp(host, name, handle));
    return host;
  }

  #log(level: QuickJSHandle | undefined, json: QuickJSHandle | undefined): undefined {
    if (!level || !json || this.#console.length > MAX_CONSOLE_LINES) return;
    if (this.#console.length === MAX_CONSOLE_LINES) {
      this.#console.push({ level: 'warn', text: `more than ${MAX_CONSOLE_LINES} lines; the others are left out` });
      return;
    }
    const text = JSON.parse(this.#context.getString(json)) as string;
    const isLong = text.length > MAX_CONSOLE_CHARS;
    this.#console.push({
      level: this.#context.getString(level) as ConsoleLine['level'],
      text: isLong ? `${text.slice(0, MAX_CONSOLE_CHARS)}…` : text,
    });
  }

  #take(kind: QuickJSHandle | undefined, body: QuickJSHandle | undefined): undefined {
    if (!kind || !body) return;
    const bytes =
      this.#context.typeof(body) === 'string'
        ? Buffer.from(JSON.parse(this.#context.getString(body)) as string, 'utf8')
        : this.#context.getArrayBuffer(body).consume(({ value }) => Uint8Array.from(value));
    if (this.#context.getString(kind) === 'answer') this.#put.answer = bytes;
    else this.#put.message = bytes;
  }
}

function contentTypeOf({ request, response }: ScriptExchange): string | undefined {
  return (response ?? request).headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
}

/** In its charset, as the viewers show it. */
function textOf(body: Uint8Array, contentType: string | undefined): string {
  const charset = charsetOf(body, contentType) ?? 'utf-8';
  try {
    return new TextDecoder(isUtf8(charset) ? 'utf-8' : charset, { ignoreBOM: true }).decode(body);
  } catch {
    return Buffer.from(body).toString('utf8'); // nobody knows that charset
  }
}

/** Where a thread's CPU time is not told, a call may take this many times as long by the clock on the wall. */
const WALL_PER_CPU = 5;

/** CPU time of this thread, so that a busy machine takes nothing from a script. */
function threadCpuMs(): number {
  if (typeof process.threadCpuUsage !== 'function') return performance.now() / WALL_PER_CPU;
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
