import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import type { By } from '../model.ts';

/** A page that proves the way to a person's acknowledgement. */
export interface PageTest {
  n: number;
  startedAt: Date;
  by: By;
  /** The channel it was asked for in. */
  channel: string | undefined;
  state: 'sending' | 'accepted' | 'passed' | 'failed';
  /** Why it failed, or is not accepted yet. */
  reason: string | undefined;
  acknowledgedBy: string | undefined;
  endedAt: Date | undefined;
}

interface Row {
  n: string;
  started_at: Date;
  by: string;
  mention: string;
  channel: string | null;
  state: PageTest['state'];
  reason: string | null;
  acknowledged_by: string | null;
  ended_at: Date | null;
}

const columns = sql`n::text as n, started_at, by, mention, channel, state, reason, acknowledged_by, ended_at`;

/** Undefined: one is running. */
export async function insertTest(
  tx: Tx,
  { at, by, channel }: { at: Date; by: By; channel: string | undefined },
): Promise<PageTest | undefined> {
  const { rows } = await sql<Row>`
    insert into page_test (started_at, by, mention, channel) values (${at}, ${by.id}, ${by.mention}, ${channel ?? null})
    on conflict do nothing returning ${columns}`.execute(tx);
  return rows.map(testOf)[0];
}

export async function testNumbered(db: Tx, n: number): Promise<PageTest | undefined> {
  const { rows } = await sql<Row>`select ${columns} from page_test where n = ${n}`.execute(db);
  return rows.map(testOf)[0];
}

/** The last one, the one that runs, and the last that somebody acknowledged. */
export async function lastTests(db: Tx): Promise<{ last: PageTest | undefined; passed: PageTest | undefined }> {
  const { rows } = await sql<Row>`
    (select ${columns} from page_test order by n desc limit 1)
    union all (select ${columns} from page_test where state = 'passed' order by n desc limit 1)`.execute(db);
  const tests = rows.map(testOf);
  return { last: tests[0], passed: tests.find(({ state }) => state === 'passed') };
}

export async function setAccepted(tx: Tx, n: number, at: Date): Promise<boolean> {
  const { rows } = await sql`update page_test set state = 'accepted', accepted_at = ${at}, reason = null
                             where n = ${n} and state = 'sending' returning n`.execute(tx);
  return rows.length > 0;
}

export async function setTestReason(db: Tx, n: number, reason: string): Promise<void> {
  await sql`update page_test set reason = ${reason} where n = ${n} and state = 'sending'`.execute(db);
}

/** False: it was over already. */
export async function setEnded(
  tx: Tx,
  n: number,
  { at, state, reason, who }: { at: Date; state: 'passed' | 'failed'; reason?: string; who?: string },
): Promise<boolean> {
  const { rows } = await sql`
    update page_test set state = ${state}, ended_at = ${at}, reason = ${reason ?? null}, acknowledged_by = ${who ?? null}
    where n = ${n} and state in ('sending', 'accepted') returning n`.execute(tx);
  return rows.length > 0;
}

function testOf(row: Row): PageTest {
  return {
    ...{ n: Number(row.n), startedAt: new Date(row.started_at), by: { id: row.by, mention: row.mention } },
    ...{ channel: row.channel ?? undefined, state: row.state, reason: row.reason ?? undefined },
    acknowledgedBy: row.acknowledged_by ?? undefined,
    endedAt: row.ended_at ? new Date(row.ended_at) : undefined,
  };
}
