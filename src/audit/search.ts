import { sql } from 'kysely';
import type { Store } from '../store/store.ts';
import { type Payload, readPayload } from './payload.ts';

/** What to look for; everything given must hold. */
export interface AuditSearch {
  /** Each is somewhere in the row, in upper or lower case (beyond a–z as far as the database’s locale knows them). */
  words?: readonly string[];
  /** One of these actors. */
  actors?: readonly string[];
  /** `check` finds `check.mute` too. */
  action?: string;
  /** A part of the target. */
  target?: string;
  since?: Date;
  until?: Date;
  /** Rows with a lower number. */
  below?: number;
  limit: number;
}

/** A row for people. `recorded` is undefined when its text was erased, or is `odd`. */
export interface AuditRow {
  seq: number;
  at: Date;
  recorded: Payload | undefined;
  /** It has a text, but none that Rounds wrote. */
  odd?: boolean;
  /** The row that records the erasure. */
  erasedBy: number | undefined;
  /** The row whose text this one erased. */
  erases: number | undefined;
  /** In hex. */
  hash: string;
}

/** The rows that match, newest first, and whether there are more. */
export async function searchAudit(
  store: Pick<Store, 'db'>,
  search: AuditSearch,
): Promise<{ rows: AuditRow[]; more: boolean }> {
  const { since, until, below, actors, action, target, limit } = search;
  const beneath = (seq: ReturnType<typeof sql>) =>
    below === undefined ? sql`true` : sql`${seq} < ${below}::double precision::bigint`;
  const wanted = [
    beneath(sql`e.seq`),
    ...(since ? [sql`e.at_ms >= ${since.getTime()}::bigint`] : []),
    ...(until ? [sql`e.at_ms < ${until.getTime()}::bigint`] : []),
    ...(actors ? [sql`d.actor = any(${actors.map(stored)}::text[])`] : []),
    ...(action ? [sql`starts_with(d.action || '.', ${`${stored(action).replace(/\.$/, '')}.`}::text)`] : []),
    ...(target ? [contains(sql`d.target`, stored(target))] : []),
    // As it stands in the JSON: quotes and the like are escaped there.
    ...(search.words ?? []).map((word) => contains(sql`d.payload`, JSON.stringify(stored(word)).slice(1, -1))),
  ];
  const answer = await sql<FoundRow>`
    select e.seq::double precision as seq, e.at_ms::double precision as "atMs", e.erases::double precision as erases,
           encode(e.hash, 'hex') as hash, d.payload,
           (select x.seq from audit_entry x where x.erases = e.seq)::double precision as "erasedBy"
    from audit_entry e left join audit_detail d on d.seq = e.seq and ${beneath(sql`d.seq`)}
    where ${sql.join(wanted, sql` and `)}
    order by e.seq desc
    limit ${limit + 1}`.execute(store.db());
  return { rows: answer.rows.slice(0, limit).map(readRow), more: answer.rows.length > limit };
}

/** One row by its number. */
export async function findAuditRow(store: Pick<Store, 'db'>, seq: number): Promise<AuditRow | undefined> {
  const { rows } = await searchAudit(store, { below: seq + 1, limit: 1 });
  return rows[0]?.seq === seq ? rows[0] : undefined;
}

interface FoundRow {
  seq: number;
  atMs: number;
  erases: number | null;
  hash: string;
  payload: string | null;
  erasedBy: number | null;
}

function readRow({ seq, atMs, erases, hash, payload, erasedBy }: FoundRow): AuditRow {
  const recorded = payload === null ? undefined : readPayload(payload);
  return {
    seq,
    at: new Date(atMs),
    recorded,
    ...(payload !== null && recorded === undefined && { odd: true }),
    erasedBy: erasedBy ?? undefined,
    erases: erases ?? undefined,
    hash,
  };
}

function contains(column: ReturnType<typeof sql>, text: string) {
  return sql`position(lower(${text}::text) in lower(${column})) > 0`;
}

/** As the row would hold it. */
function stored(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
