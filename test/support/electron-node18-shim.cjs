// Electron 25 embeds Node 18: what the engine's packages take for granted when they are loaded. Tests only; the current Electron has it all.
const events = require('node:events');
const threads = require('node:worker_threads');
const zlib = require('node:zlib');

if (!Symbol.dispose) Object.defineProperty(Symbol, 'dispose', { value: Symbol('Symbol.dispose') });
if (!Symbol.asyncDispose) Object.defineProperty(Symbol, 'asyncDispose', { value: Symbol('Symbol.asyncDispose') });
threads.markAsUncloneable ??= () => {};
zlib.createZstdDecompress ??= () => {
  throw new Error('zstd needs Node 22.15');
};
Promise.withResolvers ??= function withResolvers() {
  let resolve;
  let reject;
  const promise = new this((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
};
globalThis.File ??= require('node:buffer').File;
events.addAbortListener ??= (signal, listener) => {
  if (signal.aborted) queueMicrotask(listener);
  else signal.addEventListener('abort', listener, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', listener) };
};
