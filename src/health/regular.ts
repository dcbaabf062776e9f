import { sql } from 'kysely';
import { z } from 'zod';
import type { Check } from '../config/model.ts';
import { defineJob, type Enqueuing, type JobHandler } from '../jobs/model.ts';
import type { Schedule } from '../jobs/timing.ts';
import { PortError } from '../kernel/errors.ts';
import type { Store, Tx } from '../store/store.ts';
import { dueBetween, tickMs } from './due.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { RegularRun } from './sweeps.ts';

const sweepData = z.object({
  checks: z.array(z.string()),
  /** When it was planned for, ISO. */
  slot: z.string(),
  /** When it was enqueued, by the database's clock, epoch ms. */
  askedMs: z.number(),
});
type SweepData = z.infer<typeof sweepData>;

const sweep = {
  schema: sweepData,
  retry: { limit: 4, firstMs: 1_000, maxMs: 15_000 },
  // The schedule itself remembers the slots.
  keptForMs: 3_600_000,
};

/** A regular sweep of the quick checks that were due in one slot. */
export const sweepJob = defineJob<SweepData>({
  ...sweep,
  name: 'health.sweep',
  lane: 'sweeps',
  serial: ({ checks, slot }) => `slot/${slot}/${checks.join('/')}`,
});

/** A regular run of one slow check, which is never measured twice at the same time. Quick ones don't wait for it. */
export const slowSweepJob = defineJob<SweepData>({
  ...sweep,
  name: 'health.slow-sweep',
  lane: 'slow',
  serial: ({ checks }) => `check/${checks.join('/')}`,
});

/** A slow check is measured on its own, so that it holds no other's result back. */
export function isSlow(check: Pick<Check, 'timeoutMs'>): boolean {
  return check.timeoutMs > 10_000;
}

/** What was asked for and isn't there yet is asked for again after this long, ms. */
const askAgainMs = 60_000;
/** A measurement that lies further ahead than this was recorded while the database's clock was wrong, ms. */
const aheadMs = 5_000;

/**
 * Every 5 s: one job for the quick checks that are due, one for each slow one. Checks that were never measured as they
 * are configured now are due at once.
 */
export function healthSchedule(options: {
  checks: readonly Check[];
  store: Store;
  jobs: Enqueuing;
  /** Which of these are not to be measured now. */
  skipped: (tx: Tx, checks: readonly Check[]) => Promise<Set<string>>;
}): Schedule {
  const { checks, store, jobs, skipped } = options;
  /** When each was named last, epoch ms. */
  const unsure = new Map(checks.map((check) => [check.id, Number.NEGATIVE_INFINITY]));

  /**
   * Those that the database doesn't know as they are now; each is looked at once a minute until it does. What was named in
   * a slot counts only when that slot is behind us (`previous`): its transaction may have been rolled back.
   */
  async function neverMeasured(tx: Tx, slot: Date, previous: Date | undefined): Promise<Set<string>> {
    if (unsure.size === 0) return new Set();
    const wanted = checks.filter(({ id }) => unsure.has(id)).map((check) => [check.id, fingerprintOf(check)]);
    const measured = await sql<{ check_id: string }>`
      select s.check_id from jsonb_each_text(${JSON.stringify(Object.fromEntries(wanted))}::jsonb) as w
      join check_state s on s.check_id = w.key and s.fingerprint = w.value
      where s.regular_at is not null`.execute(tx);
    for (const { check_id } of measured.rows) unsure.delete(check_id);
    const at = slot.getTime();
    const reached = previous?.getTime() ?? Number.NEGATIVE_INFINITY;
    const due = checks.filter(({ id }) => {
      const before = unsure.get(id);
      return before !== undefined && (at >= before + askAgainMs || at <= before || reached < before);
    });
    if (due.length === 0) return new Set();
    for (const { id } of due) unsure.set(id, at);
    const left = await skipped(tx, due);
    return new Set(due.map(({ id }) => id).filter((id) => !left.has(id)));
  }

  return {
    name: 'health',
    when: { everyMs: tickMs },
    missed: 'latest',
    async enqueue(tx, slot, key, previous) {
      const fresh = await neverMeasured(tx, slot, previous);
      const inRhythm = new Set(dueBetween(checks, previous, slot));
      const due = checks.filter((check) => inRhythm.has(check) || fresh.has(check.id));
      const quick = due.filter((check) => !isSlow(check)).map(({ id }) => id);
      const planned = { slot: slot.toISOString(), askedMs: store.time.now().getTime() };
      if (quick.length > 0) await jobs.enqueue(tx, sweepJob, { ...planned, checks: quick }, { key });
      for (const { id } of due.filter(isSlow)) {
        await jobs.enqueue(tx, slowSweepJob, { ...planned, checks: [id] }, { key: `${key}:${id}` });
      }
    },
  };
}

/**
 * Carries a slot's sweep out, now, however late it comes. What a regular run has measured since it was asked for is left
 * out. What was not measured because the bot stops goes back to the queue, and so does what could not be recorded.
 */
export function sweepHandler(options: {
  store: Store;
  /** Measures and records; resolves to the ids that were cut off. */
  regular: (ids: readonly string[], run: RegularRun) => Promise<string[]>;
}): JobHandler<SweepData> {
  return async ({ checks, askedMs }, { signal, stillMine }) => {
    const done = await measuredSince(options.store, checks, askedMs);
    let unsaved: { cause: unknown } | undefined;
    const onUnsaved = (cause: unknown) => {
      unsaved = { cause };
    };
    const left = await options.regular(
      checks.filter((id) => !done.has(id)),
      { signal, stillMine, onUnsaved },
    );
    if (left.length === 0) return;
    // Its cause says whether the database was away: then the queue counts no try.
    if (unsaved) throw new Error(`${left.length} of ${checks.length} checks not recorded`, unsaved);
    throw new PortError('interrupted', `${left.length} of ${checks.length} checks not measured`, { retryable: true });
  };
}

/** Which of these checks a regular run has measured since a moment of the database's clock, epoch ms. */
async function measuredSince(store: Store, ids: readonly string[], sinceMs: number): Promise<Set<string>> {
  const answer = await sql<{ check_id: string }>`
    select check_id from check_state
    where check_id = any(${ids}) and regular_at > to_timestamp(${sinceMs}::double precision / 1000)
      and regular_at <= clock_timestamp() + ${aheadMs} * interval '1 millisecond'`.execute(store.db());
  return new Set(answer.rows.map(({ check_id }) => check_id));
}
