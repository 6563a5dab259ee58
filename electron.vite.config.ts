import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const cjs = { format: 'cjs' as const, entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' };

/** Notices of what is bundled, which their licences ask for in every copy. */
const license = { fileName: 'licenses.md' };

/** The sandbox of scripts (`proxy-engine/scripts/load-quickjs`) looks for it beside the bundle. */
function quickJs(): Plugin {
  const file = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
  return {
    name: 'quickjs-wasm',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'quickjs.wasm', source: readFileSync(file) });
    },
  };
}

export default defineConfig({
  main: {
    plugins: [quickJs()],
    build: {
      outDir: 'out/main',
      license,
      target: 'node18', // Electron 25 runs the tests where the current Electron cannot be downloaded
      externalizeDeps: false, // bundled: the packed app needs no node_modules
      rolldownOptions: {
        input: {
          index: resolve('electron/main.ts'),
          engine: resolve('proxy-engine/host/engine-process.ts'),
          cli: resolve('proxy-engine/host/cli/main.ts'),
          'search-worker': resolve('proxy-engine/rules/search-worker.ts'),
          'script-worker': resolve('proxy-engine/scripts/script-worker.ts'),
          'import-thread': resolve('proxy-engine/host/importing/import-thread.ts'),
          'load-thread': resolve('proxy-engine/drills/load-thread.ts'),
          'worker-thread': resolve('proxy-engine/workers/worker-thread.ts'),
          'store-thread': resolve('proxy-engine/store/thread/store-thread.ts'),
        },
        output: cjs,
        external: ['electron', 'bufferutil', 'utf-8-validate'],
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target: 'node18',
      rolldownOptions: { input: { index: resolve('electron/preload.ts') }, output: cjs },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react()],
    build: {
      outDir: 'out/renderer',
      license,
      minify: true,
      target: 'chrome114',
      rolldownOptions: { input: resolve('renderer/index.html') },
    },
  },
});
