import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/after-each-file.ts'],
    // They end what hangs. Whatever must be quick is measured by its test; whole bots start slowly on a busy machine.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 25_000 } },
    pool: 'forks',
    maxWorkers: 2,
  },
});
