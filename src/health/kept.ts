import { sql } from 'kysely';
import { type Kept, type KeptValue, Unmeasured } from '../kernel/check.ts';
import type { Clock } from '../kernel/clock.ts';
import { isUnavailable } from '../store/errors.ts';
import type { Store } from '../store/store.ts';

/** What the check types keep, each its own: all replicas and terminals that share the database share it. */
export function createKept({ store, clock }: { store: Store; clock: Clock }): (type: string) => Kept {
  /** By type and key, so that what this process has seen is told while the database is away. */
  const seen = new Map<string, KeptValue>();
  return (type) => {
    const remember = (key: string, value: KeptValue) => seen.set(JSON.stringify([type, key]), value);
    return {
      async read(key) {
        try {
          const { rows } = await sql<KeptValue>`
            select at, value, version from check_kept where type = ${type} and key = ${key}`.execute(store.db());
          const [row] = rows;
          if (row) remember(key, row);
          return row;
        } catch (error) {
          const known = isUnavailable(error) ? seen.get(JSON.stringify([type, key])) : undefined;
          if (known) return known;
          throw away(type, error);
        }
      },
      async write(key, value, before) {
        const at = clock.now();
        const json = JSON.stringify(value);
        const change = before
          ? sql<{ version: number }>`
              update check_kept set value = ${json}::jsonb, at = ${at}, version = version + 1
              where type = ${type} and key = ${key} and version = ${before.version} returning version`
          : sql<{ version: number }>`
              insert into check_kept (type, key, at, value) values (${type}, ${key}, ${at}, ${json}::jsonb)
              on conflict do nothing returning version`;
        const { rows } = await change.execute(store.db()).catch((error: unknown) => {
          throw away(type, error);
        });
        const [row] = rows;
        if (!row) return undefined;
        const written = { at, value, version: row.version };
        remember(key, written);
        return written;
      },
    };
  };
}

function away(type: string, error: unknown): unknown {
  if (!isUnavailable(error)) return error;
  const next = 'bring the database of Rounds back; `rounds doctor` says what is wrong with it';
  const message = `what checks of type ${type} keep lies in the database of Rounds, which is away`;
  return new Unmeasured('unreachable', message, { next, cause: error });
}
