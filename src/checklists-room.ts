import { schedulePrefix } from './checklists/begin.ts';
import { type Checklists, createChecklists } from './checklists/checklists.ts';
import type { ChecklistPorts } from './checklists/ports.ts';
import { compileCondition } from './conditions/compile.ts';
import type { Ops } from './config/model.ts';
import { type Health, runsOnDemand } from './health/health.ts';
import type { CheckReport, Outcome } from './health/model.ts';
import { createTicker, type Ticker } from './jobs/ticker.ts';
import type { Schedules } from './jobs/timing.ts';
import type { Log } from './kernel/log.ts';

const measured: readonly Outcome[] = ['ok', 'warn', 'fail'];

/** The room of checklists over the configuration: `health` measures for it. */
export function checklistsOf({
  ops,
  health,
  ...ports
}: { ops: Ops; health: Pick<Health, 'measure'> } & Pick<
  ChecklistPorts,
  'store' | 'jobs' | 'timers' | 'clock' | 'log' | 'files' | 'announce'
>): Checklists {
  return createChecklists({
    ...ports,
    ...{ team: ops.team, contacts: ops.contacts, checks: ops.checks, compile: compileCondition },
    ...{ scheduled: ops.checklists.scheduled, channel: ops.checklists.channel, fallbackChannel: ops.slack.alerts },
    async measure(ids, signal) {
      const asked = new Set(ops.checks.filter(runsOnDemand).map(({ id }) => id));
      let last: CheckReport[] = [];
      // What is not measured is shown as it was before: that is not how it is now.
      for await (const report of health.measure({ scope: { kind: 'several', ids }, signal }))
        last = report.checks.filter(
          ({ id, at, outcome }) =>
            !report.pending.includes(id) && (at >= report.started_at || !asked.has(id) || !measured.includes(outcome)),
        );
      return last;
    },
  });
}

/** How soon a changed file holds. */
const lookEveryMs = 5_000;

/** Looks at the files while the bot runs: what was changed holds from then on, its times too. */
export function watchChecklists({
  checklists,
  schedules,
  log,
}: {
  checklists: Pick<Checklists, 'look' | 'schedules'>;
  schedules: Pick<Schedules, 'replace'>;
  log: Log;
}): Ticker {
  async function beat(): Promise<number> {
    await checklists.look();
    schedules.replace(schedulePrefix, checklists.schedules());
    return lookEveryMs;
  }
  return createTicker({ name: 'looks at the checklists', log, beat });
}
