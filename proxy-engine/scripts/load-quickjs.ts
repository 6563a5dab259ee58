/** QuickJS as WebAssembly: from the package in a checkout, from beside the bundle in a built app. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import variant from '@jitl/quickjs-ng-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core';
import { SCRIPT_MEMORY_BYTES } from './protocol.ts';

const PAGE_BYTES = 64 * 1024;
/** What this build of QuickJS asks for at its start. */
const INITIAL_BYTES = 16 * 1024 ** 2;

export type NewQuickJs = () => Promise<QuickJSWASMModule>;

/**
 * Compiles once. Every QuickJS made of it has a memory of its own that cannot grow beyond the limit: QuickJS's own account
 * of its memory does not work in this build.
 */
export async function loadQuickJs(): Promise<NewQuickJs> {
  const wasmModule = await WebAssembly.compile(Uint8Array.from(readFileSync(wasmFile())));
  return () => {
    const wasmMemory = new WebAssembly.Memory({
      initial: INITIAL_BYTES / PAGE_BYTES,
      maximum: SCRIPT_MEMORY_BYTES / PAGE_BYTES,
    });
    return newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmModule, wasmMemory }));
  };
}

function wasmFile(): string {
  const own = import.meta.url;
  if (own.endsWith('.ts')) return createRequire(own).resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm');
  return fileURLToPath(new URL('quickjs.wasm', own));
}
