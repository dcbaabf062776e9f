import { Unmeasured } from '../../kernel/check.ts';
import { talkToPostgres } from './connection.ts';
import { withoutAnswer } from './no-answer.ts';
import type { PostgresTarget } from './params.ts';
import { wantedParts } from './parts.ts';
import { type Answers, readParts, unreadParts } from './read.ts';

export interface Further {
  target: PostgresTarget;
  dsn: string;
  failing: Parameters<typeof withoutAnswer>[1];
}

/**
 * What another database than the DSN's has, read on a connection of its own. One that can't be read is `unread` with the
 * reason and the next step: what the server has said of itself is judged all the same.
 */
export async function readFurther(
  database: string,
  { target, dsn, failing }: Further,
  signal: AbortSignal,
): Promise<Answers> {
  const parts = wantedParts(target, 'database');
  try {
    const { maxBytes } = failing;
    const talked = await talkToPostgres(
      { dsn, database, maxBytes },
      (client, place) => readParts(client, place, parts),
      signal,
    );
    if (talked.kind === 'answer') return talked.answer.answers;
    return unreadParts(parts, String(withoutAnswer(talked, failing).error));
  } catch (error) {
    if (!(error instanceof Unmeasured)) throw error;
    return unreadParts(parts, [error.message, error.next].filter(Boolean).join(': '));
  }
}
