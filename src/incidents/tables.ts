import type { RoleName } from '../severities/model.ts';
import type { EventKind, Origin } from './model.ts';

/** The columns that statements of this room are typed by; the rest is plain SQL. */
export interface IncidentRow {
  id: string;
  title: string;
  severity: string;
  label: string;
  urgency: string;
  systems: string;
  known: string;
  phi: boolean;
  drill: boolean;
  declared_at: Date;
  declared_by: string;
  declared_by_mention: string;
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  acknowledged_by_id: string | null;
  type: string;
  private: boolean;
  origin: Origin | null;
  mitigated_at: Date | null;
  mitigated_by: string | null;
  paused_at: Date | null;
  paused_by: string | null;
  paused_until: Date | null;
  merged_into: string | null;
  next_update_at: Date | null;
  home_id: string | null;
  home_name: string | null;
  home_problem: string | null;
  ticket_url: string | null;
  ticket_name: string | null;
  bridge_url: string | null;
  roles: { role: RoleName; person: string; mention: string; since: string }[];
  resolved_at: Date | null;
  resolved_by: string | null;
  resolution: string | null;
  resolved_by_id: string | null;
  cause: string;
  prevention: string;
  ended_at: Date | null;
  false_alarm: boolean;
  way: string;
  not_paged: string | null;
  not_paged_at: Date | null;
  not_paged_said: Date | null;
  not_paged_channel: string | null;
  not_paged_ts: string | null;
  old_pages: number;
  version: number;
  shown: number;
  channel: string | null;
  channel_id: string | null;
  ts: string | null;
  pages: {
    n: number;
    dedup_key: string;
    state: string;
    attempts: number;
    reason: string | null;
    accepted_at: string | null;
    made_at: string;
  }[];
}

export interface EventRow {
  id: string;
  at: Date;
  kind: EventKind;
  by: string;
  words: string;
  data: Record<string, unknown> | null;
  struck_at: Date | null;
  struck_by: string | null;
  struck_reason: string | null;
}
