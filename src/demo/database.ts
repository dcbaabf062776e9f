import { explainListening } from '../kernel/listening.ts';
import type { Backstage, Row } from './backstage.ts';
import { once } from './once.ts';
import { demoPortSetting } from './ports.ts';

export interface Database {
  url: string;
  /** Resolves when it has answered once; rejects when it could not be started, and the next who asks tries again. */
  started(): Promise<unknown>;
  /** Asks by the clinic's own way in, which works also while the port refuses; waits until the database has started. */
  query(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Refuses connections on the port, or takes them again. Throws OpsError `unavailable`: the port was taken meanwhile. */
  setRefusing(refusing: boolean): Promise<void>;
}

/** The clinic's database on a TCP port; it listens when this resolves, and who connects waits until it has started. */
export async function openDatabase(backstage: Backstage, wantedPort: number): Promise<Database> {
  const listen = (port: number) =>
    backstage.ask<'listen'>({ kind: 'listen', port }).catch((error: unknown) => {
      throw explainListening(error, { host: '127.0.0.1', port, portSetting: demoPortSetting });
    });
  const port = await listen(wantedPort);
  const query = (sql: string, values: unknown[] = []) => backstage.ask<'query'>({ kind: 'query', sql, values });
  const started = once(() => query('select 1'));
  // It starts now; whoever asks meets the error.
  started().catch(() => undefined);
  return {
    started,
    url: `postgres://rounds@127.0.0.1:${port}/clinic`,
    query,
    setRefusing: async (refusing) => {
      if (refusing) await backstage.ask<'refuse'>({ kind: 'refuse' });
      else await listen(port);
    },
  };
}
