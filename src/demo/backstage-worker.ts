import type { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { Pool } from 'pg';
import type { Session } from '../store/embedded/session.ts';
import type { Outcome, Request, Row } from './backstage.ts';
import { DatabasePort } from './database-port.ts';
import { once } from './once.ts';

/** The thread behind `backstage.ts`. What is large is imported when it is asked for, so that the port listens at once. */
if (parentPort === null) throw new Error('this file is a worker thread');
const owner = parentPort;
const { skewMs } = workerData as { skewMs: Float64Array };

// The database's now() is Date.now(), and it is to be the clinic's time, which may be moved.
const machineNow = Date.now;
Date.now = () => machineNow() + skewMs[0]!;

const session = once(openSession);
const pool = once(openPool);
const port = new DatabasePort(session);
const authority = once(async (now: Date) => (await import('./certificates.ts')).createAuthority(now));

owner.on('message', ({ id, request }: { id: number; request: Request }) => {
  answer(request).then(
    (value) => tell({ id, value }),
    (error: NodeJS.ErrnoException) => tell({ id, error: { message: error.message, code: error.code } }),
  );
});

function tell(outcome: Outcome): void {
  owner.postMessage(outcome);
}

async function answer(request: Request): Promise<unknown> {
  switch (request.kind) {
    case 'listen':
      return port.open(request.port);
    case 'refuse':
      return port.close();
    case 'query':
      return query(request.sql, request.values);
    case 'certificate':
      return (await authority(request.now)).issue(request.days, request.now);
  }
}

async function query(sql: string, values: unknown[]): Promise<Row[]> {
  return (await (await pool()).query<Row>(sql, values)).rows;
}

async function openSession(): Promise<Session> {
  const [{ PGlite }, { emptyDatabase, startParams }, { Session }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('../store/embedded/empty.ts'),
    import('../store/embedded/session.ts'),
  ]);
  const lite = await PGlite.create({ startParams, loadDataDir: await emptyDatabase() });
  return Session.open(lite, { strangers: true });
}

/** The clinic's own way in, one query at a time: it does not pass the port, so it works also while that refuses. */
async function openPool(): Promise<Pool> {
  const [{ default: pg }, { Connection }, { schema }, opened] = await Promise.all([
    import('pg'),
    import('../store/embedded/connection.ts'),
    import('./schema.ts'),
    session(),
  ]);
  // pg's types ask for a net.Socket; it uses the few methods that Connection has.
  const stream = () => new Connection(opened) as unknown as Socket;
  const own = new pg.Pool({ max: 1, user: 'clinic', database: 'clinic', ssl: false, stream });
  try {
    await own.query(schema);
  } catch (error) {
    await own.end();
    throw error;
  }
  return own;
}
