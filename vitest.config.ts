import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/after-each-file.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A condition may take long on a busy machine; a test that waits for one for ever is ended all the same.
    expect: { poll: { timeout: 25_000 } },
    pool: 'forks',
    maxWorkers: 2,
  },
});
