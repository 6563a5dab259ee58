import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const cjs = { format: 'cjs' as const, entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' };

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: 'node18', // Electron 25 runs the tests where the current Electron cannot be downloaded
      externalizeDeps: false, // bundled: the packed app needs no node_modules
      rolldownOptions: {
        input: {
          index: resolve('electron/main.ts'),
          engine: resolve('proxy-engine/host/engine-process.ts'),
          cli: resolve('proxy-engine/host/cli/main.ts'),
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
      target: 'chrome114',
      rolldownOptions: { input: resolve('renderer/index.html') },
    },
  },
});
