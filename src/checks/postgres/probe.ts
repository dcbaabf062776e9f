import type { Facts, Measurement, Probe } from '../../kernel/check.ts';
import { counterRate, minuteMs } from '../facts/rate.ts';
import { type Place, talkToPostgres } from './connection.ts';
import { dayGrowth, merged, serverFacts, unreadFacts } from './facts.ts';
import { readFurther } from './further.ts';
import { withoutAnswer } from './no-answer.ts';
import type { PostgresTarget } from './params.ts';
import { partSpecs, wantedParts } from './parts.ts';
import { type Answers, readParts, unreadParts } from './read.ts';
import { oneStatement } from './session.ts';

const maxBytes = 4 * 1024 * 1024;
/** With more databases than this one check would take too long. */
const mostDatabases = 50;
const tooManyNext = 'name those that matter in `databases`';

type PostgresProbe = Pick<Probe<PostgresTarget>, 'target' | 'previous' | 'signal' | 'clock' | 'reveal'>;

/** Asks the server once, and each further database once. Throws Unmeasured when nothing of the server can be judged. */
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
  const tooMany = names.length > mostDatabases ? `${names.length} databases (limit ${mostDatabases})` : undefined;
  const databases = tooMany === undefined ? databasesOf(target, names, talked.place) : [talked.place.database];

  const all: [string, Answers][] = [];
  for (const database of databases) {
    if (database === talked.place.database) {
      all.push([database, read.answers]);
      continue;
    }
    all.push([database, await readFurther(database, { target, dsn, failing }, signal)]);
  }
  if (tooMany !== undefined) all.push([tooMany, unreadParts(wantedParts(target, 'database'), tooManyNext)]);

  const { specs, now } = { specs: partSpecs(target), now: clock.now() };
  const facts: Facts = {
    reachable: true,
    error: '',
    version: read.version,
    standby: read.server.standby,
    connect_ms: talked.connectMs,
    latency_ms: talked.latencyMs,
    databases: all.filter(([, answers]) => answers.get('objects')?.kind === 'row').length,
    ...serverFacts(read.answers, specs),
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
function databasesOf({ databases }: PostgresTarget, found: string[], { database }: Place): string[] {
  if (databases === undefined) return [database];
  return databases === 'all' ? found : [...new Set(databases)];
}
