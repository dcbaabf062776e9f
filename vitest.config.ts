import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/support/after-each-file.ts'],
    // They end what hangs. Whatever must be quick is measured by its test; whole bots start slowly on a busy machine.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 25_000 } },
    pool: 'forks',
    // Two cores: a third process works while others wait for a lease, a deadline, a disk.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/{unit,contract,integration}/**/*.test.ts'],
          // A process of its own for each file would load the libraries and compile the database 400 times.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'bots',
          include: ['test/{e2e,browser}/**/*.test.ts'],
          // After the others, whose processes would otherwise end for each of these.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
