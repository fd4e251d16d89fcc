import { availableParallelism } from 'node:os';
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
          exclude: [...RESULTS, '**/*.{contract,room,browser,live}.test.ts'],
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
          // They wait for sockets more than they reckon; by itself vitest takes one worker less than there are cores.
          maxWorkers: Math.max(4, availableParallelism()),
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
      {
        // No level: it asks vendors in earnest, and each of them one thing at a time. `npm run test:live` runs it.
        test: {
          name: 'live',
          include: ['**/*.live.test.ts'],
          exclude: RESULTS,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          pool: 'forks',
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
