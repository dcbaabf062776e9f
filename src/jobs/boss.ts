import { CompiledQuery } from 'kysely';
import { type ConstructorOptions, type Db, PgBoss } from 'pg-boss';
import { OpsError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { isUnavailable } from '../store/errors.ts';
import type { Store, Tx } from '../store/store.ts';
import { deadQueue, workQueues } from './lanes.ts';

/** Attempts are counted by us, by what went wrong: pg-boss must never bury a job by itself. */
const neverDead = 1_000_000;
const dayS = 86_400;

const workOptions = {
  retryLimit: neverDead,
  retryDelay: 0,
  /** A job that runs longer is given to somebody else, and its signal is aborted. */
  expireInSeconds: 3_600,
  /** How long a job may wait to begin. */
  retentionSeconds: 365 * dayS,
  /** The least that pg-boss takes; `lease.ts` looks itself, more often and more cheaply than pg-boss does. */
  heartbeatSeconds: 10,
};

/** Dead jobs are kept as long as somebody may want to replay them. */
const deadOptions = { retentionSeconds: 90 * dayS, retryLimit: 0 };

/**
 * pg-boss over the store's own pool, its schema installed and its queues made. It holds no connection of its own, and no
 * timer of it looks after the queues until `lease.ts` says so. Throws OpsError `invalid` when it may not make its schema.
 */
export async function openBoss(store: Store, log: Log): Promise<PgBoss> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => store.pool.query(text, values) },
    ...(store.kind === 'embedded' ? { backend: 'pglite' } : {}),
    schedule: false,
    supervise: false,
    monitorIntervalSeconds: 60,
    maintenanceIntervalSeconds: 3_600,
    reindex: false,
    monitorVacuum: false,
    persistWarnings: false,
    queueCacheIntervalSeconds: dayS,
  } satisfies ConstructorOptions);
  boss.on('error', (error) => {
    if (isUnavailable(error)) log.debug({ error: error.message }, 'the queue did not reach the database');
    else log.error({ err: error }, 'the queue has a problem');
  });
  boss.on('warning', (warning) => log.warn({ queue: warning }, 'the queue warns'));
  try {
    await boss.start();
    await makeQueues(boss);
  } catch (error) {
    await boss.stop({ graceful: false, close: false });
    throw explained(error);
  }
  return boss;
}

/** Makes what is missing, and has pg-boss learn each queue now: later it would ask on a connection of its own. */
async function makeQueues(boss: PgBoss): Promise<void> {
  const known = new Set((await boss.getQueues()).map(({ name }) => name));
  for (const name of [...workQueues, deadQueue]) {
    if (!known.has(name)) {
      const policy = name.endsWith('.serial') ? 'key_strict_fifo' : 'standard';
      await boss.createQueue(name, { policy, ...(name === deadQueue ? deadOptions : workOptions) });
    }
    // Also one that is there: another replica may have made it after pg-boss read the queues.
    await boss.findJobs(name, { id: '00000000-0000-4000-8000-000000000000' });
  }
}

function explained(error: unknown): unknown {
  if (!(error instanceof Error) || (error as { code?: string }).code !== '42501') return error;
  return new OpsError('invalid', `the queue can't make its tables: ${error.message}`, {
    hint: 'Grant the database user CREATE on the database (the queue has a schema of its own, "pgboss").',
    cause: error,
  });
}

/** What pg-boss takes to do its work inside somebody's transaction. */
export function inTransaction(tx: Tx): Db {
  return {
    executeSql: async (text, values) => {
      const { rows } = await tx.getExecutor().executeQuery(CompiledQuery.raw(text, values ?? []));
      return { rows: [...rows] };
    },
  };
}

/** How many jobs a statement of pg-boss touched, and which; its own types leave that out. */
export function touchedBy(response: object): { affected: number; ids: Set<string> } {
  const { affected = 0, settled } = response as { affected?: number; settled?: string[] };
  return { affected, ids: new Set(settled) };
}
