import { type Facts, Unmeasured } from '../../kernel/check.ts';
import { cleanText } from '../facts/text.ts';
import { secondsSince } from '../network/silence.ts';
import type { NoAnswer, Place } from './connection.ts';
import { postgresFailure } from './failure.ts';

/** A user that doesn't see other users' sessions reads 0 where they are busy. */
export function statisticsHidden({ host, database, user }: Place): Unmeasured {
  return new Unmeasured('denied', `${host}/${database}: other sessions' statistics are hidden from ${user}`, {
    next: `grant pg_monitor to ${user}`,
  });
}

/** The facts of a server that is down; throws Unmeasured when nothing is known about it. `startedMs` is performance.now. */
export function withoutAnswer(
  outcome: NoAnswer,
  { startedMs, maxBytes, tooLarge }: { startedMs: number; maxBytes: number; tooLarge: string },
): Facts {
  switch (outcome.kind) {
    case 'silent': {
      const waitedFor = outcome.connected ? 'no answer from' : 'no connection to';
      throw new Unmeasured('timeout', `${waitedFor} ${outcome.place.host} within ${secondsSince(startedMs)}`);
    }
    case 'too_large':
      throw new Unmeasured('too_large', `${outcome.place.host} answered more than ${maxBytes / 1_048_576} MB`, {
        next: tooLarge,
      });
    case 'bad_dsn':
      throw new Unmeasured('misconfigured', 'the DSN is not a PostgreSQL URL', {
        next: 'postgres://user:password@host:5432/database',
      });
    case 'failed': {
      const failure = postgresFailure(outcome.error, outcome.place);
      if (failure.kind === 'down') return { reachable: false, error: failure.error };
      throw new Unmeasured(failure.reason, cleanText(failure.message, 300), { next: failure.next });
    }
  }
}
