import { defineConfig } from 'vitest/config';

const ELECTRON = 'test/e2e/electron/**/*.e2e.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 20_000,
    restoreMocks: true,
    // What is waited for may take its time on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts', 'test/**/*.test.tsx'] },
      },
      // The built product (`npm run build`), one file after the other: each brings up an engine and a browser of its own.
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.ts'],
          exclude: [ELECTRON],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'electron',
          include: [ELECTRON],
          globalSetup: 'test/support/electron-setup.ts',
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
