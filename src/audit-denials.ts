import { verb } from './audit/verb.ts';
import type { DeniedAttempt } from './kernel/access.ts';
import type { Clock } from './kernel/clock.ts';
import type { Log } from './kernel/log.ts';
import { redact } from './kernel/redact.ts';
import type { Store } from './store/store.ts';

/** What somebody tried and may not do: all of it in the log, and in the audit as far as repetition doesn't swell it. */
export interface Denials {
  take(attempt: DeniedAttempt): void;
  /** Waits until what was taken is recorded, but not for a database that hangs. */
  settled(): Promise<void>;
}

interface Options {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
  log: Log;
  /** A clock that only runs forward, ms. */
  elapsedMs?: () => number;
  /** How long `settled` waits; default 2 s. */
  patienceMs?: number;
}

/** One row per actor and action within this time: anybody can press a button, and no row can ever be deleted. */
const oneRowPerMs = 60_000;
const mostWordsChars = 200;
/** More than any team has at a time; the log has what is forgotten here. */
const mostRemembered = 1_000;

/** Every denial counts, of looking too: guests are denied before it is known whether they would have changed something. */
export function auditDenials(options: Options): Denials {
  const { log, elapsedMs = () => performance.now(), patienceMs = 2_000 } = options;
  const recent = new Map<string, { recordedAtMs: number; unrecorded: number }>();
  const recording = new Set<Promise<void>>();

  function forgetOld(nowMs: number): void {
    if (recent.size < mostRemembered) return;
    for (const [key, { recordedAtMs }] of recent) if (nowMs - recordedAtMs >= oneRowPerMs) recent.delete(key);
  }

  return {
    take({ actor, request, action, words, role, denial }) {
      const said = { role, why: denial.why, words: shortened(redact(words)) };
      const line = { command: action, actor: actor.id, request, ...said };
      log.warn({ ...line, reason: denial.message }, 'denied');
      const nowMs = elapsedMs();
      const key = `${actor.id} ${action}`;
      const before = recent.get(key);
      if (before && nowMs - before.recordedAtMs < oneRowPerMs) {
        before.unrecorded += 1;
        return;
      }
      forgetOld(nowMs);
      const unrecorded = before?.unrecorded ?? 0;
      const kept = { recordedAtMs: nowMs, unrecorded: 0 };
      recent.set(key, kept);
      const after = { ...said, ...(unrecorded > 0 && { unrecorded_before: unrecorded }) };
      const audit = [{ action: 'access.denied', target: action, after }];
      const done: Promise<void> = verb(options, { actor: actor.id, request }, async () => ({
        result: undefined,
        audit,
      }))
        .catch((error: unknown) => {
          log.error({ ...line, err: error }, 'a denial was not recorded');
          // The next one is recorded, and says that this one wasn't.
          kept.recordedAtMs = Number.NEGATIVE_INFINITY;
          kept.unrecorded += unrecorded + 1;
        })
        .finally(() => recording.delete(done));
      recording.add(done);
    },
    async settled() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patienceMs);
      });
      await Promise.race([Promise.all(recording), late]).finally(() => clearTimeout(timer));
      if (recording.size > 0) log.error({ denials: recording.size }, 'denials were not recorded: the database hangs');
    },
  };
}

function shortened(words: string): string {
  return words.length > mostWordsChars ? `${words.slice(0, mostWordsChars).toWellFormed()}…` : words;
}
