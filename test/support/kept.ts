import type { Kept, KeptValue } from '../../src/kernel/check.ts';

/** What probes keep, in memory; JSON as in the database. */
export function memoryKept(): Kept {
  const values = new Map<string, KeptValue>();
  return {
    read: async (key) => values.get(key),
    async write(key, value, before) {
      if (values.get(key)?.version !== before?.version) return undefined;
      const written = { at: new Date(), value: JSON.parse(JSON.stringify(value)), version: (before?.version ?? 0) + 1 };
      values.set(key, written);
      return written;
    },
  };
}
