import { type Facts, type Measurement, type Probe, Unmeasured } from '../../kernel/check.ts';
import { counterRate, minuteMs } from '../facts/rate.ts';
import { type Place, talkToPostgres } from './connection.ts';
import { dayGrowth, merged, partFacts, unreadFacts } from './facts.ts';
import { withoutAnswer } from './no-answer.ts';
import type { PostgresTarget } from './params.ts';
import { partSpecs, wantedParts } from './parts.ts';
import { type Answers, readParts } from './read.ts';
import { oneStatement } from './session.ts';

const maxBytes = 4 * 1024 * 1024;
/** With more databases than this one check would take too long. */
const mostDatabases = 50;

type PostgresProbe = Pick<Probe<PostgresTarget>, 'target' | 'previous' | 'signal' | 'clock' | 'reveal'>;

/** Asks the server once, and each further database once. Throws Unmeasured when nothing can be judged. */
export async function probePostgres(probe: PostgresProbe): Promise<Measurement> {
  const { target, previous, signal, clock, reveal } = probe;
  const startedMs = performance.now();
  const dsn = reveal(target.dsn);
  const failing = { startedMs, maxBytes, tooLarge: 'see what the server has so much of' };
  const talked = await talkToPostgres(
    { dsn, maxBytes },
    async (client, place) => ({
      read: await readParts(client, place, wantedParts(target)),
      names: target.databases === 'all' ? oneColumn(await oneStatement(client, allDatabases)) : [],
    }),
    signal,
  );
  if (talked.kind !== 'answer') return { facts: withoutAnswer(talked, failing) };
  const { read, names } = talked.answer;
  const databases = databasesOf(target, names, talked.place);

  const all: [string, Answers][] = [];
  for (const database of databases) {
    if (database === talked.place.database) {
      all.push([database, read.answers]);
      continue;
    }
    const other = await talkToPostgres(
      { dsn, database, maxBytes },
      (client, place) => readParts(client, place, wantedParts(target, 'database')),
      signal,
    );
    if (other.kind !== 'answer') {
      const facts = withoutAnswer(other, failing);
      return { facts: { ...facts, error: `${database}: ${String(facts.error)}` } };
    }
    all.push([database, other.answer.answers]);
  }

  const { specs, now } = { specs: partSpecs(target), now: clock.now() };
  const facts: Facts = {
    reachable: true,
    error: '',
    version: read.version,
    standby: read.server.standby,
    connect_ms: talked.connectMs,
    latency_ms: talked.latencyMs,
    databases: databases.length,
    ...partFacts(read.answers, specs),
    ...merged(all, specs, target),
    ...unreadFacts(read.answers, all),
  };
  const deadlocks = typeof facts.deadlocks === 'number' ? facts.deadlocks : null;
  const perMin = counterRate('deadlocks', deadlocks, { previous, now, unitMs: minuteMs });
  if (perMin !== undefined) facts.deadlocks_per_min = perMin;
  const growth = dayGrowth(facts.size_bytes, { previous, now });
  if (growth !== undefined) facts.size_bytes_per_day = growth;
  return { facts };
}

/** Without those that hosts keep to themselves: nobody else may enter them. */
const allDatabases = `select datname from pg_database where datallowconn and not datistemplate
  and datname not in ('rdsadmin', 'cloudsqladmin', 'alloydbadmin', 'azure_maintenance', 'azure_sys') order by datname`;

function oneColumn({ rows }: { rows: (string | null)[][] }): string[] {
  return rows.map(([name]) => name ?? '');
}

/** The DSN's own database unless others are named; `all` says which there are. */
function databasesOf({ databases }: PostgresTarget, found: string[], { host, database }: Place): string[] {
  if (databases === undefined) return [database];
  if (databases !== 'all') return [...new Set(databases)];
  if (found.length > mostDatabases) {
    throw new Unmeasured('too_large', `${host} has ${found.length} databases (limit ${mostDatabases})`, {
      next: 'name those that matter in `databases`',
    });
  }
  return found;
}
