import { z } from 'zod';
import type { Alerts } from './alerts/alerts.ts';
import type { Audit } from './audit/audit.ts';
import type { Erasure } from './audit/erase.ts';
import { findHeads } from './audit/head.ts';
import { noteSentHead } from './audit/sent.ts';
import type { Ops } from './config/model.ts';
import { defineJob, type Jobs } from './jobs/model.ts';
import type { Schedule } from './jobs/timing.ts';
import type { Log } from './kernel/log.ts';
import type { Store, Tx } from './store/store.ts';

const headJob = defineJob({
  name: 'audit.head',
  schema: z.object({ slot: z.string() }),
  lane: 'housekeeping',
  retry: { limit: 20, firstMs: 5_000, maxMs: 600_000 },
  keptForMs: 3_600_000,
});

/** Where people see what the audit has to tell; undefined: nowhere. */
export function auditChannel({ slack }: Pick<Ops, 'slack'>): string | undefined {
  return slack.audit ?? slack.daily ?? slack.alerts;
}

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
  const channel = auditChannel(ops);
  return {
    takeOn(queue) {
      queue.handle(headJob, async ({ slot }) => {
        const line = await audit.headLine();
        const [head] = findHeads(line ?? '');
        if (line === undefined || head === undefined) {
          return log.warn('the audit has no signed head: set AUDIT_SIGNING_KEY');
        }
        // Louder than it is: at LOG_LEVEL=warn it must be kept, too.
        log.warn({ head: line }, 'the signed head of the audit');
        const announced = `audit-head/${slot}`;
        const lines = ['🔏 Audit: the signed head of today', line] as const;
        await store.transaction(async (tx) => {
          if (channel !== undefined) await alerts.announce(tx, { channel, lines, key: announced });
          await noteSentHead(tx, { ...head, to: channel === undefined ? undefined : { channel, announced } });
        });
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

/** Tells the audit's channel that a text is gone, within the transaction that erases it. Not the reason: it may say too much. */
export function announceErasures(
  alerts: Pick<Alerts, 'announce'>,
  ops: Pick<Ops, 'slack'>,
): (tx: Tx, erasure: Erasure) => Promise<void> {
  return async (tx, { seq, actor }) => {
    const channel = auditChannel(ops);
    const lines = [`🗑 Audit: the text of row ${seq} was erased`, `by ${actor}; the audit says why`] as const;
    await alerts.announce(tx, { ...(channel !== undefined && { channel }), lines, key: `audit-erasure/${seq}` });
  };
}
