import { type Audit, createAudit } from './audit/audit.ts';
import { mustHoldAudit } from './audit/ownership.ts';
import { type Environment, readEnvironment } from './config/environment.ts';
import { ConfigError, formatProblems } from './config/problems.ts';
import type { Alone } from './kernel/command.ts';
import { OpsError } from './kernel/errors.ts';
import { openStore } from './store/store.ts';

/** A person waits: a server that is down is told soon. */
const databaseRetryMs = 3_000;

/** The audit of a database server as it is, for a role that may only read it: no queue, no migrations, no ops.yml. */
export async function withAuditAlone<R>(
  { variables, log, signal }: Alone,
  use: (audit: Pick<Audit, 'verify'>) => Promise<R>,
): Promise<R> {
  const { databaseUrl, dataDir, auditSigningKey } = environmentIn(variables);
  const store = await openStore({ databaseUrl, dataDir, log, signal, asItIs: true, retryForMs: databaseRetryMs });
  try {
    await mustHoldAudit(store);
    return await use(createAudit({ store, clock: store.time, signingKey: auditSigningKey }));
  } finally {
    await store.close();
  }
}

function environmentIn(variables: NodeJS.ProcessEnv): Environment {
  try {
    return readEnvironment(variables, { face: 'terminal' });
  } catch (error) {
    if (error instanceof ConfigError) throw new OpsError('invalid', formatProblems(error.problems), { cause: error });
    throw error;
  }
}
