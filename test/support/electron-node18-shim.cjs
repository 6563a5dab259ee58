// Electron 25 embeds Node 18: what the engine's packages take for granted when they are loaded. Tests only; the current Electron has it all.
const events = require('node:events');
const threads = require('node:worker_threads');
const zlib = require('node:zlib');

if (!Symbol.dispose) Object.defineProperty(Symbol, 'dispose', { value: Symbol('Symbol.dispose') });
if (!Symbol.asyncDispose) Object.defineProperty(Symbol, 'asyncDispose', { value: Symbol('Symbol.asyncDispose') });
threads.markAsUncloneable ??= () => {};
for (const name of ['createZstdCompress', 'createZstdDecompress', 'zstdCompress', 'zstdDecompress'])
  zlib[name] ??= () => {
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
URL.canParse ??= (address, base) => {
  try {
    return Boolean(new URL(address, base));
  } catch {
    return false;
  }
};
AbortSignal.any ??= (signals) => {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
};
Object.groupBy ??= (items, keyOf) => {
  const groups = Object.create(null);
  let index = 0;
  for (const item of items) (groups[keyOf(item, index++)] ??= []).push(item);
  return groups;
};

const copying = {
  toSorted(compare) {
    return [...this].sort(compare);
  },
  toReversed() {
    return [...this].reverse();
  },
  toSpliced(...change) {
    const copy = [...this];
    copy.splice(...change);
    return copy;
  },
  with(index, value) {
    const copy = [...this];
    copy.splice(index, 1, value);
    return copy;
  },
};
for (const [name, value] of Object.entries(copying))
  if (!(name in Array.prototype))
    Object.defineProperty(Array.prototype, name, { value, configurable: true, writable: true });
