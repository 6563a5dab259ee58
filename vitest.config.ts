import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { ResultReporter } from './test/support/result-reporter.ts';

const ELECTRON = 'test/e2e/electron/**/*.e2e.ts';
/** The file for the results, when `npm test` runs a suite. */
const { TEST_RESULTS } = process.env;

export default defineConfig({
  test: {
    pool: 'forks',
    // One less than there are processors is what vitest takes; on two, a file that waits would leave one idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Generous: a busy machine may take its time, and what waits tells before that what did not happen.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    restoreMocks: true,
    ...(TEST_RESULTS !== undefined && { reporters: ['default', new ResultReporter(TEST_RESULTS)] }),
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts', 'test/**/*.test.tsx'] },
      },
      // The built product (`npm run build`): each file brings up an engine and a browser of its own.
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.ts'],
          exclude: [ELECTRON],
          maxWorkers: 2,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'electron',
          include: [ELECTRON],
          globalSetup: 'test/support/electron-setup.ts',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
