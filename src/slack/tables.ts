import type { Generated } from 'kysely';

/** The tables of `002_slack.sql`. */
export interface SlackTables {
  slack_seen: { key: string; expires_at: Date };
  slack_answer: {
    key: string;
    channel: string;
    ts: string | null;
    thread_ts: string | null;
    command: string;
    words: string;
    started_at: Generated<Date>;
    alive_at: Generated<Date>;
  };
}
