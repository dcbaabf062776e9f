import { sql } from 'kysely';
import type { Tx } from '../store/store.ts';
import { type Viewer, visible } from './store.ts';

/** Incidents of one severity in some time; drills and what was merged into another are left out. */
export interface SeverityCount {
  /** The name of its file: `p1`. */
  severity: string;
  label: string;
  /** Declared in that time; of these those that are over, and those that were none. */
  declared: number;
  resolved: number;
  falseAlarms: number;
  /** Declared before, and over since. */
  olderResolved: number;
  /** Open now, whenever they were declared. */
  open: number;
  /** From declaration to acknowledgement of those declared, the median, ms; null = nobody acknowledged one. */
  acknowledgedMs: number | null;
  /** Pages that PagerDuty accepted in that time. */
  pages: number;
}

/** What happened with incidents that the viewer may see, and what is open; by severity, in the order of their names. */
export async function severitiesBetween(
  db: Tx,
  { from, to, viewer }: { from: Date; to: Date; viewer: Viewer },
): Promise<SeverityCount[]> {
  const isNew = sql`(i.declared_at > ${from} and i.declared_at <= ${to})`;
  const isOver = sql`(i.resolved_at > ${from} and i.resolved_at <= ${to})`;
  const { rows } = await sql<{
    severity: string;
    label: string;
    declared: number;
    resolved: number;
    false_alarms: number;
    older_resolved: number;
    open: number;
    acknowledged_ms: number | null;
    pages: number;
  }>`
    select i.severity, max(i.label) as label,
           (count(*) filter (where ${isNew}))::int as declared,
           (count(*) filter (where ${isNew} and i.resolved_at is not null))::int as resolved,
           (count(*) filter (where ${isNew} and i.false_alarm))::int as false_alarms,
           (count(*) filter (where not ${isNew} and ${isOver}))::int as older_resolved,
           (count(*) filter (where i.resolved_at is null))::int as open,
           percentile_cont(0.5) within group (order by extract(epoch from i.acknowledged_at - i.declared_at) * 1000)
             filter (where ${isNew} and i.acknowledged_at is not null) as acknowledged_ms,
           coalesce(sum(p.pages), 0)::int as pages
    from incident i
    left join lateral (select count(*) as pages from incident_page p where p.incident_id = i.id and p.state = 'accepted'
                       and p.accepted_at > ${from} and p.accepted_at <= ${to}) p on true
    where not i.drill and i.merged_into is null and ${visible(viewer)}
      and (i.resolved_at is null or i.resolved_at > ${from})
    group by i.severity order by i.severity`.execute(db);
  return rows.map(({ false_alarms, older_resolved, acknowledged_ms, ...row }) => ({
    ...row,
    ...{ falseAlarms: false_alarms, olderResolved: older_resolved, acknowledgedMs: acknowledged_ms },
  }));
}

/** An incident in a list of those of some time. */
export interface PastIncident {
  id: number;
  label: string;
  title: string;
  phi: boolean;
  drill: boolean;
  declaredAt: Date;
  acknowledgedAt?: Date;
  resolvedAt?: Date;
  falseAlarm: boolean;
}

/** Those that were declared or over in some time, the newest first; merged ones are left out. */
export async function incidentsBetween(
  db: Tx,
  { from, to, viewer, most }: { from: Date; to: Date; viewer: Viewer; most: number },
): Promise<{ total: number; newest: PastIncident[] }> {
  const { rows } = await sql<{
    id: string;
    label: string;
    title: string;
    phi: boolean;
    drill: boolean;
    declared_at: Date;
    acknowledged_at: Date | null;
    resolved_at: Date | null;
    false_alarm: boolean;
    total: number;
  }>`
    select i.id::text as id, i.label, i.title, i.phi, i.drill, i.declared_at, i.acknowledged_at, i.resolved_at,
           i.false_alarm, (count(*) over ())::int as total
    from incident i
    where i.merged_into is null and ${visible(viewer)}
      and ((i.declared_at > ${from} and i.declared_at <= ${to}) or (i.resolved_at > ${from} and i.resolved_at <= ${to}))
    order by i.declared_at desc, i.id desc limit ${most}`.execute(db);
  return {
    total: rows[0]?.total ?? 0,
    newest: rows.map((row) => ({
      ...{ id: Number(row.id), label: row.label, title: row.title, phi: row.phi, drill: row.drill },
      ...{ declaredAt: new Date(row.declared_at), falseAlarm: row.false_alarm },
      ...(row.acknowledged_at && { acknowledgedAt: new Date(row.acknowledged_at) }),
      ...(row.resolved_at && { resolvedAt: new Date(row.resolved_at) }),
    })),
  };
}
