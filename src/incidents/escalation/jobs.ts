import { z } from 'zod';
import { defineJob } from '../../jobs/model.ts';
import { timersOf } from '../jobs.ts';

const id = z.number();

/** A level is due. In order, one after another. */
export const levelJob = defineJob({
  name: 'incidents.level',
  schema: z.object({ id, plan: z.number(), level: z.number() }),
  lane: 'watches',
  retry: { limit: 100, firstMs: 1_000, maxMs: 30_000 },
  serial: (data) => `incident ${data.id}`,
});

/** Says in Slack that a level was reached, and mentions whom it names there. */
export const levelSayJob = defineJob({
  name: 'incidents.level-say',
  schema: z.object({ id, plan: z.number(), level: z.number() }),
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
  serial: (data) => `incident ${data.id}`,
});

/** One e-mail, text message or call, to one address. */
export const reachJob = defineJob({
  name: 'incidents.reach',
  schema: z.object({ id, key: z.string() }),
  // Its own: a mail server that hangs must hold back neither a page nor the look whether one was accepted.
  lane: 'reaches',
  retry: { limit: 60, firstMs: 2_000, maxMs: 60_000 },
});

/** A page was not confirmed: the other ways. */
export const fallbackJob = defineJob({
  name: 'incidents.fallback',
  schema: z.object({ id, n: z.number() }),
  lane: 'watches',
  retry: { limit: 100, firstMs: 1_000, maxMs: 15_000 },
});

/** Those on call are told by e-mail, where the severity says so at this hour. */
export const mailJob = defineJob({
  name: 'incidents.tell-by-mail',
  schema: z.object({ id, version: z.number() }),
  lane: 'watches',
  retry: { limit: 100, firstMs: 1_000, maxMs: 15_000 },
});

/** Brings the post up to date that says NOT PAGED. */
export const alarmJob = defineJob({
  name: 'incidents.alarm',
  schema: z.object({ id }),
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 500, maxMs: 60_000 },
  serial: (data) => `incident ${data.id}`,
});

export const levelTimers = (incident: number) => `${timersOf.paging(incident)}level:`;
