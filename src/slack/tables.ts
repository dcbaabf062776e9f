import type { ColumnType, Generated } from 'kysely';
import type { Post } from '../kernel/command.ts';

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
    /** What the message must say in the end, once that is known; written as JSON text. */
    final: ColumnType<Post | null, string | null | undefined, string | null>;
    started_at: Generated<Date>;
    alive_at: Generated<Date>;
  };
}
