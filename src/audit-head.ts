import { z } from 'zod';
import type { Alerts } from './alerts/alerts.ts';
import type { Audit } from './audit/audit.ts';
import type { Ops } from './config/model.ts';
import { defineJob, type Jobs } from './jobs/model.ts';
import type { Schedule } from './jobs/timing.ts';
import type { Log } from './kernel/log.ts';
import type { Store } from './store/store.ts';

const headJob = defineJob({
  name: 'audit.head',
  schema: z.object({ slot: z.string() }),
  lane: 'housekeeping',
  retry: { limit: 20, firstMs: 5_000, maxMs: 600_000 },
});

/**
 * The signed head of the audit, once a day at 06:00 of the team's zone: into the log and a channel, where whoever can
 * write to the database can't change it.
 */
export function auditHead(ports: {
  audit: Pick<Audit, 'headLine'>;
  alerts: Pick<Alerts, 'announce'>;
  jobs: Pick<Jobs, 'enqueue'>;
  store: Store;
  ops: Pick<Ops, 'slack' | 'team'>;
  log: Log;
}): { takeOn(jobs: Pick<Jobs, 'handle'>): Schedule[] } {
  const { audit, alerts, jobs, store, ops, log } = ports;
  const channel = ops.slack.audit ?? ops.slack.daily ?? ops.slack.alerts;
  return {
    takeOn(queue) {
      queue.handle(headJob, async ({ slot }) => {
        const head = await audit.headLine();
        if (head === undefined) return log.warn('the audit has no signed head: set AUDIT_SIGNING_KEY');
        log.info({ head }, 'the signed head of the audit');
        if (channel === undefined) return;
        const lines = ['🔏 Audit: the signed head of today', head] as const;
        await store.transaction((tx) => alerts.announce(tx, { channel, lines, key: `audit-head/${slot}` }));
      });
      const daily: Schedule = {
        name: 'audit.head',
        when: { cron: '0 6 * * *', zone: ops.team.zone },
        missed: 'latest',
        enqueue: (tx, slot, key) => jobs.enqueue(tx, headJob, { slot: slot.toISOString() }, { key }),
      };
      return [daily];
    },
  };
}
