import { sql } from 'kysely';
import type { OnCall } from '../paging/on-call.ts';
import type { Tx } from '../store/store.ts';

/** Somebody's place on call, as it was last seen. */
export interface Kept {
  userId: string;
  policyId: string;
  scheduleId: string;
  level: number;
  name: string;
  email: string | undefined;
  phones: string[];
  /** The last answer named them. */
  current: boolean;
  seenAt: Date;
}

/** How long somebody who is not on call any more is kept. */
const keptForMs = 30 * 86_400_000;

/** Takes over an answer. Numbers that it did not have stay as they were; who is not in it was on call before. */
export async function keepOnCall(tx: Tx, found: readonly OnCall[], at: Date): Promise<void> {
  // One refresh at a time: of two answers one would lose its people to the other.
  await sql`insert into on_call_asked (answered_at) values (${at})
            on conflict (only_one) do update set answered_at = excluded.answered_at, problem = null`.execute(tx);
  await sql`update on_call set current = false where current`.execute(tx);
  for (const person of found) {
    const known = person.phonesUnknown === undefined;
    await sql`
      insert into on_call (user_id, policy_id, schedule_id, level, name, email, phones, current, seen_at, phones_at)
      values (${person.userId}, ${person.policyId ?? ''}, ${person.scheduleId ?? ''}, ${person.level}, ${person.name},
              ${person.email ?? null}, ${JSON.stringify(person.phones)}::jsonb, true, ${at}, ${known ? at : null})
      on conflict (user_id, policy_id, schedule_id, level) do update
      set name = excluded.name, email = excluded.email, current = true, seen_at = excluded.seen_at,
          phones = case when ${known} then excluded.phones else on_call.phones end,
          phones_at = coalesce(excluded.phones_at, on_call.phones_at)`.execute(tx);
  }
  await sql`delete from on_call where seen_at < ${new Date(at.getTime() - keptForMs)}`.execute(tx);
}

export async function keepProblem(db: Tx, problem: string): Promise<void> {
  await sql`insert into on_call_asked (problem) values (${problem})
            on conflict (only_one) do update set problem = excluded.problem`.execute(db);
}

/** Those on call first, then those seen last; by level. */
export async function keptOnCall(db: Tx): Promise<Kept[]> {
  const { rows } = await sql<{
    user_id: string;
    policy_id: string;
    schedule_id: string;
    level: number;
    name: string;
    email: string | null;
    phones: string[];
    current: boolean;
    seen_at: Date;
  }>`select * from on_call order by current desc, level, seen_at desc, name`.execute(db);
  return rows.map(({ user_id, policy_id, schedule_id, level, name, email, phones, current, seen_at }) => ({
    ...{ userId: user_id, policyId: policy_id, scheduleId: schedule_id, level, name, email: email ?? undefined },
    ...{ phones, current, seenAt: new Date(seen_at) },
  }));
}

/** When PagerDuty was last heard, and what was amiss since. */
export async function lastAsked(db: Tx): Promise<{ answeredAt: Date | undefined; problem: string | undefined }> {
  const { rows } = await sql<{ answered_at: Date | null; problem: string | null }>`
    select answered_at, problem from on_call_asked`.execute(db);
  const [row] = rows;
  return { answeredAt: row?.answered_at ? new Date(row.answered_at) : undefined, problem: row?.problem ?? undefined };
}
