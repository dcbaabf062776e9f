import { sql } from 'kysely';
import type { EscalationStep } from '../../severities/decide.ts';
import type { LevelWay, Recipient } from '../../severities/model.ts';
import type { Tx } from '../../store/store.ts';
import type { Level } from './plan.ts';

/** The statements of escalations: levels, notices, pages of the second routing key. */

/** The levels of a new plan; resolves to its number. */
export async function planLevels(tx: Tx, id: number, steps: readonly EscalationStep[]): Promise<number> {
  const { rows } = await sql<{ plan: number }>`
    select coalesce(max(plan), 0) + 1 as plan from incident_level where incident_id = ${id}`.execute(tx);
  const plan = rows[0]!.plan;
  for (const { level, at, way, to } of steps)
    await sql`insert into incident_level (incident_id, plan, level, levels, way, recipients, due_at)
              values (${id}, ${plan}, ${level}, ${steps.length}, ${way}, ${JSON.stringify(to)}::jsonb, ${at})`.execute(
      tx,
    );
  return plan;
}

/** What was planned and did not fire is not to fire any more. */
export async function dropLevels(tx: Tx, id: number): Promise<void> {
  await sql`delete from incident_level where incident_id = ${id} and fired_at is null`.execute(tx);
}

export async function levelOf(
  db: Tx,
  { id, plan, level }: { id: number; plan: number; level: number },
): Promise<Level | undefined> {
  const { rows } = await sql<{
    levels: number;
    way: LevelWay;
    recipients: Recipient[];
    due_at: Date;
    fired_at: Date | null;
  }>`select * from incident_level where incident_id = ${id} and plan = ${plan} and level = ${level}`.execute(db);
  return rows.map(({ levels, way, recipients, due_at, fired_at }) => ({
    ...{ plan, level, levels, way, to: recipients, dueAt: new Date(due_at), fired: fired_at !== null },
  }))[0];
}

export async function setFired(
  tx: Tx,
  { id, plan, level, at }: { id: number; plan: number; level: number; at: Date },
): Promise<void> {
  await sql`update incident_level set fired_at = ${at}
            where incident_id = ${id} and plan = ${plan} and level = ${level}`.execute(tx);
}

/** What goes to one address outside Slack. */
export interface Notice {
  key: string;
  why: 'fallback' | 'level' | 'told';
  way: 'email' | 'sms' | 'phone';
  address: string;
  name: string;
  state: 'sending' | 'sent' | 'failed' | 'void';
  reason: string | undefined;
}

export async function addNotice(tx: Tx, id: number, notice: Omit<Notice, 'state' | 'reason'>): Promise<void> {
  const { key, why, way, address, name } = notice;
  await sql`insert into incident_notice (incident_id, key, why, way, address, name)
            values (${id}, ${key}, ${why}, ${way}, ${address}, ${name})
            on conflict (incident_id, key) do nothing`.execute(tx);
}

/** Those whose keys begin so; in the order of their keys. */
export async function noticesOf(db: Tx, id: number, prefix: string): Promise<Notice[]> {
  const { rows } = await sql<Omit<Notice, 'reason'> & { reason: string | null }>`
    select key, why, way, address, name, state, reason from incident_notice
    where incident_id = ${id} and starts_with(key, ${prefix}) order by key`.execute(db);
  return rows.map(({ reason, ...row }) => ({ ...row, reason: reason ?? undefined }));
}

export async function setNotice(
  tx: Tx,
  id: number,
  { key, state, reason }: Pick<Notice, 'key' | 'state' | 'reason'>,
): Promise<void> {
  await sql`update incident_notice set state = ${state}, reason = coalesce(${reason ?? null}, reason)
            where incident_id = ${id} and key = ${key}`.execute(tx);
}

/** Page `n` of an incident, as the second routing key has it. */
export interface SecondPage {
  n: number;
  dedupKey: string;
  state: 'sending' | 'accepted' | 'refused';
  reason: string | undefined;
}

export async function addSecondPage(tx: Tx, { id, n, dedupKey }: { id: number; n: number; dedupKey: string }) {
  await sql`insert into incident_second_page (incident_id, n, dedup_key) values (${id}, ${n}, ${dedupKey})
            on conflict (incident_id, n) do nothing`.execute(tx);
}

/** Oldest first. */
export async function secondPagesOf(db: Tx, id: number): Promise<SecondPage[]> {
  const { rows } = await sql<{ n: number; dedup_key: string; state: SecondPage['state']; reason: string | null }>`
    select n, dedup_key, state, reason from incident_second_page where incident_id = ${id} order by n`.execute(db);
  return rows.map(({ n, dedup_key, state, reason }) => ({
    n,
    dedupKey: dedup_key,
    state,
    reason: reason ?? undefined,
  }));
}

/** Accepted stays accepted, whatever another try came to. */
export async function setSecondPage(
  tx: Tx,
  id: number,
  { n, state, reason, at }: { n: number; state: SecondPage['state']; reason?: string; at?: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update incident_second_page set state = ${state}, reason = ${reason ?? null}, accepted_at = ${at ?? null}
    where incident_id = ${id} and n = ${n} and state <> 'accepted' returning n`.execute(tx);
  return rows.length > 0;
}
