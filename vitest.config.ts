import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/support/after-each-file.ts'],
    // They end what hangs. Whatever must be quick is measured by its test; whole bots start slowly on a busy machine.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 25_000 } },
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/{unit,contract,integration}/**/*.test.ts'],
          // A process of its own for each file would load the libraries and compile the database 400 times.
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'bots',
          include: ['test/{e2e,browser}/**/*.test.ts'],
          // Their bots wait for leases and clocks more than they compute.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
