import { type Measurement, type Probe, Unmeasured } from '../../kernel/check.ts';
import { withoutAnswer } from '../postgres/no-answer.ts';
import { askConsole, consoleDsn, consoleRefusal } from './console.ts';
import { consoleFacts, notShown } from './facts.ts';
import { missingFacts } from './missing.ts';
import type { PgbouncerTarget } from './params.ts';

/** Thousands of pools fit in. */
const maxBytes = 4 * 1024 * 1024;

/** Asks the admin console once, and for databases that it does not show by a connection. Throws Unmeasured when nothing is known about it. */
export async function probePgbouncer({
  target,
  signal,
  reveal,
}: Pick<Probe<PgbouncerTarget>, 'target' | 'signal' | 'reveal'>): Promise<Measurement> {
  const startedMs = performance.now();
  const dsn = reveal(target.dsn);
  // In any other database a SHOW would go to a server behind it, or wait for one.
  if (URL.canParse(dsn) && new URL(dsn).pathname !== '/pgbouncer') {
    throw new Unmeasured('misconfigured', 'the DSN does not name the admin console of PgBouncer', { next: consoleDsn });
  }
  const server = { dsn, maxBytes };
  const talked = await askConsole(server, signal);
  if (talked.kind === 'failed') {
    const refusal = consoleRefusal(talked.error, talked.place);
    if (refusal) throw new Unmeasured(refusal.reason, refusal.message, { next: refusal.next });
  }
  if (talked.kind !== 'answer') {
    return { facts: withoutAnswer(talked, { startedMs, maxBytes, tooLarge: 'see SHOW POOLS' }) };
  }
  const { host } = talked.place;
  const unseen = notShown(talked.answer, target.databases, host);
  return {
    facts: {
      reachable: true,
      error: '',
      connect_ms: talked.connectMs,
      latency_ms: talked.latencyMs,
      ...consoleFacts(talked.answer, target.databases, host),
      ...(await missingFacts(unseen, server, signal)),
    },
  };
}
