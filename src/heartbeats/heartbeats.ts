import { type Reported, Unmeasured } from '../kernel/check.ts';
import type { Clock } from '../kernel/clock.ts';
import { isUnavailable } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { decide } from './decide.ts';
import type { Report } from './model.ts';
import * as rows from './rows.ts';

/** What jobs elsewhere report, under the ids of the checks that wait for it. */
export interface Heartbeats {
  /** Records a report that arrived now. False = nothing new in it. Rejects when the database does not take it. */
  record(checkId: string, report: Report): Promise<boolean>;
  /** What was reported; whoever reads it first, waits from then on. Throws `Unmeasured` while the database is away. */
  read(checkId: string): Promise<Reported>;
}

/** Reports over `store`, dated by `clock` when they arrive: a job's own clock doesn't count. */
export function createHeartbeats({ store, clock }: { store: Store; clock: Clock }): Heartbeats {
  return {
    async record(checkId, report) {
      const at = clock.now();
      return store.transaction(async (tx) => {
        await rows.waitFor(tx, checkId, at);
        await rows.lock(tx, checkId);
        const runs = await rows.runsOf(tx, checkId);
        const change = decide(runs, report, at);
        await rows.apply(tx, checkId, change, report, at);
        if (report.what === 'ok' && change.kind === 'end')
          await rows.keepOk(tx, checkId, at, runs.find(({ id }) => id === change.id)?.startedAt);
        // Sent again, it may know more; but a run that is known to have failed has found nothing that counts.
        const stands = change.kind === 'end' || runs.some(({ run, outcome }) => run === report.run && outcome === 'ok');
        if (report.findings && report.what === 'ok' && stands)
          await rows.keepFindings(tx, checkId, report.findings, at);
        return change.kind !== 'known';
      });
    },
    async read(checkId) {
      try {
        const kept = (await rows.find(store.db(), checkId)) ?? (await begin(checkId));
        return { ...kept, runs: await rows.runsOf(store.db(), checkId) };
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        const next = 'bring the database of Rounds back; `rounds doctor` says what is wrong with it';
        throw new Unmeasured('unreachable', 'the reports of jobs lie in the database of Rounds, which is away', {
          next,
          cause: error,
        });
      }
    },
  };

  async function begin(checkId: string): Promise<rows.Kept> {
    const since = clock.now();
    await rows.waitFor(store.db(), checkId, since);
    // Another replica may have been first.
    return (
      (await rows.find(store.db(), checkId)) ?? { since, okAt: undefined, okStartedAt: undefined, findings: undefined }
    );
  }
}
