import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { secretValues } from './config/secret-values.ts';
import { makeReveal } from './config/secrets.ts';
import { readOps } from './configuration.ts';
import { endOnSignals } from './ending.ts';
import type { ProblemEvent } from './health/events.ts';
import { systemClock } from './kernel/clock.ts';
import { formatDuration } from './kernel/duration.ts';
import { createLog } from './kernel/log.ts';
import { plainLine } from './kernel/plain.ts';
import { maskAlways } from './kernel/redact.ts';
import type { ShadowReport } from './shadow/model.ts';
import { runShadow } from './shadow/run.ts';
import { openStore } from './store/store.ts';

export interface Shadowing {
  variables: NodeJS.ProcessEnv;
  /** Default: OPS_CONFIG, else ./ops.yml. */
  config: string | undefined;
  forMs: number;
}

/**
 * A config played through beside whatever runs: in a database of its own that is gone afterwards, with no way to Slack, a pager
 * or a watchdog. Ctrl-C ends it with what came so far. Progress goes to standard error.
 */
export async function shadowAlone({
  variables,
  config,
  forMs,
}: Shadowing): Promise<{ report: ShadowReport; zone: string }> {
  const { stderr } = process;
  const say = (line: string) => void stderr.write(`${line}\n`);
  maskAlways(...secretValues(variables));
  const ops = await readOps(variables, config);
  const log = createLog('warn', { readable: stderr.isTTY === true, write: (line) => void stderr.write(line) });
  const ending = endOnSignals({ onDeadline: () => say('The end hangs: exiting without it.') });
  const dataDir = await mkdtemp(join(tmpdir(), 'rounds-shadow-'));
  try {
    const store = await openStore({ dataDir, log, signal: ending.signal });
    try {
      say(
        `Shadow of ${ops.file}: ${ops.checks.length} checks for ${formatDuration(forMs)}; nobody is told. Ctrl-C ends it with what came so far.`,
      );
      const report = await runShadow({
        ...{ ops, store, clock: systemClock, log, reveal: makeReveal(variables), forMs, signal: ending.signal },
        waitUntil: (moment) => waitUntil(moment, ending.signal),
        onEvent: (event) => say(eventLine(event)),
      });
      return { report, zone: ops.team.zone };
    } finally {
      await store.close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
    ending.over();
  }
}

/** A pause at a time, so that a machine that slept goes on at once. */
async function waitUntil(moment: Date, signal: AbortSignal): Promise<void> {
  for (;;) {
    const leftMs = moment.getTime() - systemClock.now().getTime();
    if (leftMs <= 0 || signal.aborted) return;
    await pause(Math.min(leftMs, 5_000), undefined, { signal }).catch(() => {});
  }
}

function eventLine({ event, checkId, at, report }: ProblemEvent): string {
  const time = at.toTimeString().slice(0, 8);
  const what = event === 'closed' ? 'over' : `${event}: ${report.outcome}`;
  return `${time} ${checkId} ${what} (${plainLine(report.reason)})`;
}
