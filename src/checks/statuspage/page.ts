import { z } from 'zod';

const text = z.string().max(10_000);
const moment = z.iso.datetime({ offset: true }).nullish();

const componentStatus = z.enum([
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'under_maintenance',
]);

const component = z.object({
  id: text,
  name: text,
  status: componentStatus,
  group: z.boolean().nullish(),
  group_id: text.nullish(),
});
export type Component = z.output<typeof component>;

const notice = z.object({
  name: text,
  status: text,
  impact: text.nullish(),
  components: z.array(z.object({ id: text })).nullish(),
});

/** What is read of `/api/v2/summary.json`; a state that isn't documented makes the whole answer invalid. */
export const summary = z.object({
  page: z.object({ name: text, updated_at: moment }),
  status: z.object({ indicator: z.enum(['none', 'minor', 'major', 'critical', 'maintenance']), description: text }),
  components: z.array(component),
  incidents: z.array(notice),
  scheduled_maintenances: z.array(notice.extend({ scheduled_for: moment, scheduled_until: moment })).default([]),
});
export type Summary = z.output<typeof summary>;
export type Notice = z.output<typeof notice>;
