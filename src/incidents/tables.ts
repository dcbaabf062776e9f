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
  resolved_at: Date | null;
  resolved_by: string | null;
  resolution: string | null;
  way: string;
  not_paged: string | null;
  not_paged_at: Date | null;
  not_paged_said: Date | null;
  not_paged_channel: string | null;
  not_paged_ts: string | null;
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
  }[];
}
