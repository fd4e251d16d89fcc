import { defineConfig } from 'vitest/config';

const RESULTS = ['**/node_modules/**', '**/dist/**'];

/**
 * One project a level, told apart by the file's name; they run one after another. Room and browser tests share SFU ports,
 * the processor and native code that must not be loaded twice in threads: one fork, file after file.
 */
const oneByOne = {
  pool: 'forks',
  fileParallelism: false,
  maxWorkers: 1,
  globalSetup: ['dev/test-run/one-run-at-a-time.ts'],
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          testTimeout: 30_000,
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...RESULTS, '**/*.{contract,room,browser}.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'contract',
          include: ['**/*.contract.test.ts'],
          exclude: RESULTS,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          pool: 'forks',
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'room',
          include: ['**/*.room.test.ts'],
          exclude: RESULTS,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          ...oneByOne,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['**/*.browser.test.ts'],
          exclude: RESULTS,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          ...oneByOne,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
