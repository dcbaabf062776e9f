import { sql } from 'kysely';
import { z } from 'zod';
import { defineJob } from '../jobs/model.ts';
import type { Store, Tx } from '../store/store.ts';
import * as rows from './store.ts';
import { takeSilence } from './take.ts';

/** Removes old notices, closes problems of checks that nobody watches, and ends mutes whose end nobody told. */
export const tidyAlerts = defineJob({
  name: 'alerts.tidy',
  schema: z.object({}),
  lane: 'housekeeping',
  retry: { limit: 5, firstMs: 60_000, maxMs: 600_000 },
  keptForMs: 3_600_000,
});

/** As long as transitions of checks. */
const keptDays = 400;

export async function removeOld(store: Store, now: Date): Promise<void> {
  const oldest = new Date(now.getTime() - keptDays * 86_400_000);
  await sql`delete from alert_notice where closed_at < ${oldest}`.execute(store.db());
}

/** A window that was taken out of the configuration while it was open: what it muted is over when it would have been. */
export async function endMutes(tx: Tx, now: Date): Promise<string[]> {
  const checkIds = await rows.overdueMutes(tx, now);
  return checkIds.length > 0 ? takeSilence(tx, { checkIds, kind: 'ended' }, now) : [];
}

/** Ends the problems of checks that nobody watches any more; resolves to the notices to be brought up to date. */
export async function endUnwatched(tx: Tx, configured: readonly string[], now: Date): Promise<string[]> {
  const problems = await rows.lockUnwatched(tx, configured);
  const notices = [...new Set(problems.map(({ noticeId }) => noticeId))];
  const versions = await rows.touch(tx, notices);
  for (const problem of problems) {
    const { id, noticeId: notice, checkId, said } = problem;
    await rows.endProblem(tx, id, { at: now, ending: 'removed' });
    await rows.addStep(tx, { notice, version: versions.get(notice)!, checkId, kind: 'closed', notify: false, said });
  }
  if (notices.length > 0) await rows.closeOrReopen(tx, notices, now);
  return notices;
}
