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
  /** A slow check, on its own. */
  alone: z.boolean(),
});
type SweepData = z.infer<typeof sweepData>;

/** A regular sweep of what was due in one slot. One slow check is never measured twice at the same time. */
export const sweepJob = defineJob<SweepData>({
  name: 'health.sweep',
  schema: sweepData,
  lane: 'sweeps',
  retry: { limit: 4, firstMs: 1_000, maxMs: 15_000 },
  serial: ({ alone, checks, slot }) => (alone ? `check/${checks.join('/')}` : `slot/${slot}/${checks.join('/')}`),
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
export function healthSchedule(options: { checks: readonly Check[]; store: Store; jobs: Enqueuing }): Schedule {
  const { checks, store, jobs } = options;
  const unsure = new Map(checks.map((check) => [check.id, Number.NEGATIVE_INFINITY]));

  /** Those that the database doesn't know as they are now; each is named once a minute until it does. */
  async function neverMeasured(tx: Tx, slot: Date): Promise<Set<string>> {
    if (unsure.size === 0) return new Set();
    const wanted = checks.filter(({ id }) => unsure.has(id)).map((check) => [check.id, fingerprintOf(check)]);
    const measured = await sql<{ check_id: string }>`
      select s.check_id from jsonb_each_text(${JSON.stringify(Object.fromEntries(wanted))}::jsonb) as w
      join check_state s on s.check_id = w.key and s.fingerprint = w.value
      where s.regular_at is not null`.execute(tx);
    for (const { check_id } of measured.rows) unsure.delete(check_id);
    const at = slot.getTime();
    const asked = [...unsure].filter(([, before]) => at >= before + askAgainMs || at < before).map(([id]) => id);
    for (const id of asked) unsure.set(id, at);
    return new Set(asked);
  }

  return {
    name: 'health',
    when: { everyMs: tickMs },
    missed: 'latest',
    async enqueue(tx, slot, key, previous) {
      const fresh = await neverMeasured(tx, slot);
      const inRhythm = new Set(dueBetween(checks, previous, slot));
      const due = checks.filter((check) => inRhythm.has(check) || fresh.has(check.id));
      const quick = due.filter((check) => !isSlow(check)).map(({ id }) => id);
      const planned = { slot: slot.toISOString(), askedMs: store.time.now().getTime() };
      if (quick.length > 0) await jobs.enqueue(tx, sweepJob, { ...planned, checks: quick, alone: false }, { key });
      for (const { id } of due.filter(isSlow)) {
        await jobs.enqueue(tx, sweepJob, { ...planned, checks: [id], alone: true }, { key: `${key}:${id}` });
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
