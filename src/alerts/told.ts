import type { Log } from '../kernel/log.ts';
import type { Notice, Step } from './model.ts';

/** A line of the log for each problem that people were told of, and for its end; nothing of announcements. */

type Told = Pick<Notice, 'channel' | 'problems' | 'steps' | 'gone'>;

/** The message was posted and shows all up to `version`. */
export function logPosted(log: Log, notice: Told, version: number): void {
  if (!notice.gone) {
    const withStep = new Set(notice.steps.filter(opens).map(({ checkId }) => checkId));
    for (const { checkId, worst } of notice.problems) {
      if (!withStep.has(checkId)) log.info({ check: checkId, outcome: worst, channel: notice.channel }, 'alert opened');
    }
  }
  logTold(log, notice, version);
}

/** The thread has told all up to `version`. */
export function logTold(log: Log, { channel, steps }: Told, version: number): void {
  for (const step of steps.filter((each) => each.version <= version)) {
    const of = { check: step.checkId, outcome: step.said.outcome, channel };
    if (opens(step)) log.info(of, 'alert opened');
    if (step.kind === 'closed') log.info(of, 'alert over');
  }
}

function opens({ kind }: Pick<Step, 'kind'>): boolean {
  return kind === 'joined' || kind === 'again';
}
