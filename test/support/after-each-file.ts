import { afterAll, vi } from 'vitest';
import { closeLeftovers } from './leftovers.ts';

const environment = { ...process.env };

// Files may share a process: each finds our modules new and the variables as they were. Libraries stay loaded.
afterAll(() => {
  vi.resetModules();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
});
// No process and no folder outlives a test that failed.
afterAll(closeLeftovers);
