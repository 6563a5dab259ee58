/** QuickJS as WebAssembly: from the package in a checkout, from beside the bundle in a built app. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core';
import { SCRIPT_MEMORY_BYTES } from './protocol.ts';

const PAGE_BYTES = 64 * 1024;
/** What this build of QuickJS asks for at its start. */
const INITIAL_BYTES = 16 * 1024 ** 2;

export type NewQuickJs = () => Promise<QuickJSWASMModule>;

/**
 * Compiles once. Every QuickJS made of it has a memory of its own that cannot grow beyond the limit: QuickJS's own account
 * of its memory does not work in this build. Nothing is left to V8's background tasks: in a worker of Electron's utility
 * process their end is sometimes not told, and the script would wait for it for ever.
 */
export function loadQuickJs(): NewQuickJs {
  const wasmModule = new WebAssembly.Module(Uint8Array.from(readFileSync(wasmFile())));
  const instantiateWasm = (imports: WebAssembly.Imports, onSuccess: (instance: WebAssembly.Instance) => void) => {
    const instance = new WebAssembly.Instance(wasmModule, imports);
    onSuccess(instance);
    return instance.exports;
  };
  return () => {
    const wasmMemory = new WebAssembly.Memory({
      initial: INITIAL_BYTES / PAGE_BYTES,
      maximum: SCRIPT_MEMORY_BYTES / PAGE_BYTES,
    });
    return newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory, emscriptenModule: { instantiateWasm } }));
  };
}

function wasmFile(): string {
  const own = import.meta.url;
  if (own.endsWith('.ts')) return createRequire(own).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
  return fileURLToPath(new URL('quickjs.wasm', own));
}
