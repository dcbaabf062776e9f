import type pg from 'pg';
import { Unmeasured } from '../../kernel/check.ts';
import { cleanText } from '../facts/text.ts';
import type { Place } from './connection.ts';
import { statisticsHidden } from './no-answer.ts';
import type { Part, ServerKind } from './part.ts';
import { isOptional, type PartName } from './parts.ts';
import { beginReadOnly, oneStatement } from './session.ts';

const limits = { statementTimeoutMs: 5000, lockTimeoutMs: 500 };
/** Of a part that is read by itself: others wait behind it. */
const aloneTimeoutMs = 1500;
const oldestMajor = 13;

/** A part's columns as JSON, or why it could not be read. */
export type PartAnswer =
  | { kind: 'row'; row: Record<string, unknown> }
  /** This server has it not; another day won't change that. */
  | { kind: 'absent'; why: string }
  | { kind: 'unread'; why: string };

export type Answers = Map<PartName, PartAnswer>;

export interface Read {
  version: string;
  server: ServerKind;
  answers: Answers;
}

/** What a platform says that doesn't have a function or a view, or keeps it for itself. */
const absentStates = new Set(['42501', '42883', '42P01', '42703', '0A000']);

/**
 * Reads all parts in one statement. Where that fails they are read one by one, so that what a platform lacks or refuses
 * doesn't hide the rest. Throws Unmeasured when the user would see less than there is.
 */
export async function readParts(client: pg.Client, place: Place, parts: [PartName, Part][]): Promise<Read> {
  await beginReadOnly(client, limits);
  const { server, version } = await serverKind(client, place);
  const answers: Answers = new Map();
  const asked = parts.filter(([name]) => {
    if (name !== 'statements' || server.statements !== undefined) return true;
    answers.set(name, { kind: 'absent', why: 'pg_stat_statements is not installed in this database' });
    return false;
  });
  // Compiling the statement would take longer than running it.
  await client.query('set local jit = off; savepoint part');
  const rows = await inOne(client, asked, server).catch((error: unknown) => state(error));
  if (typeof rows !== 'string') return { version, server, answers: new Map([...answers, ...rows]) };

  await client.query(`rollback to savepoint part; set local statement_timeout = ${aloneTimeoutMs}; savepoint part`);
  for (const part of asked) {
    const read = await inOne(client, [part], server).catch((error: unknown) => lacking(part[0], error));
    if (!(read instanceof Map)) await client.query('rollback to savepoint part');
    answers.set(part[0], read instanceof Map ? read.get(part[0])! : read);
  }
  if (![...answers.values()].some(({ kind }) => kind === 'row')) throw nothingRead(place, answers);
  return { version, server, answers };
}

/** Parts that can't be read for a reason that they share. */
export function unreadParts(parts: [PartName, Part][], why: string): Answers {
  return new Map(parts.map(([name]) => [name, { kind: 'unread', why: cleanText(why, 300) }]));
}

function nothingRead({ host, database }: Place, answers: Answers): Unmeasured {
  const [first] = [...answers.values()].flatMap((answer) => (answer.kind === 'row' ? [] : [answer.why]));
  return new Unmeasured('error', `${host}/${database}: nothing of it could be read (${first})`, {
    next: 'see the server’s log',
  });
}

async function inOne(client: pg.Client, parts: [PartName, Part][], server: ServerKind): Promise<Answers> {
  const columns = parts.map(([name, part]) => `(select to_json(part) from (${part.sql(server)}) as part) as ${name}`);
  const { rows } = await oneStatement(client, `select ${columns.join(',\n')}`);
  return new Map(
    parts.map(([name], index) => {
      const row: unknown = JSON.parse(rows[0]?.[index] ?? 'null');
      if (typeof row !== 'object' || row === null) throw new Unmeasured('invalid_answer', `no answer about ${name}`);
      return [name, { kind: 'row', row: row as Record<string, unknown> }];
    }),
  );
}

/** The SQLSTATE of what failed; what isn't a server's error, or ends the session, goes on. */
function state(error: unknown): string {
  const code = error instanceof Error && 'severity' in error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined || code.startsWith('57P') || code.startsWith('08')) throw error;
  return code;
}

function lacking(name: PartName, error: unknown): PartAnswer {
  const code = state(error);
  const said = error instanceof Error ? cleanText(error.message, 120) : '';
  // Not preloaded. Elsewhere this state means that the server changed its role a moment ago.
  const isAbsent = absentStates.has(code) || (name === 'statements' && code === '55000');
  const shown = code.startsWith('42') || code === '0A000' || code === '55000' ? said : `SQLSTATE ${code}`;
  return { kind: isAbsent && isOptional(name) && name !== 'sequences' ? 'absent' : 'unread', why: shown };
}

async function serverKind(client: pg.Client, place: Place): Promise<{ server: ServerKind; version: string }> {
  const { rows } = await client.query<
    Record<'number' | 'version' | 'standby' | 'sees', string> & { schema: string | null }
  >(`
select current_setting('server_version_num') as number, split_part(current_setting('server_version'), ' ', 1) as version,
  pg_is_in_recovery() as standby,
  pg_has_role(current_user, 'pg_read_all_stats', 'usage') and pg_has_role(current_user, 'pg_read_all_settings', 'usage') as sees,
  (select quote_ident(nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where extname = 'pg_stat_statements') as schema`);
  const [row] = rows;
  const major = Math.floor(Number(row?.number) / 10_000);
  if (row === undefined || !Number.isFinite(major))
    throw new Unmeasured('invalid_answer', `${place.host} does not tell its version`);
  if (major < oldestMajor) {
    throw new Unmeasured('misconfigured', `${place.host} is PostgreSQL ${cleanText(row.version, 20)}`, {
      next: `${oldestMajor} or newer can be checked; for an older one use postgres-query`,
    });
  }
  if (row.sees !== 't') throw statisticsHidden(place);
  const server = { major, standby: row.standby === 't', statements: row.schema ?? undefined };
  return { server, version: cleanText(row.version, 20) };
}
