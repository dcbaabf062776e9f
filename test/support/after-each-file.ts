import { afterAll } from 'vitest';
import { closeLeftovers } from './leftovers.ts';

// No process and no folder outlives a test that failed.
afterAll(closeLeftovers);
