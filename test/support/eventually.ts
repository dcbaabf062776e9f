import { vi } from 'vitest';

/** Waits for a condition however busy the machine is. */
export function eventually<T>(condition: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(condition, { timeout: 25_000, interval: 10 });
}
