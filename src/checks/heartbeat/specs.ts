import type { FactSpecs } from '../../kernel/check.ts';

/** What is usual is told from this many runs on. */
export const fewestUsual = 3;

const never = () => 'no run has ended well yet';
const noStart = () => 'no run that ended well has reported its start';

export const heartbeatFacts: FactSpecs = {
  seen: { type: 'bool', help: 'Anything was reported, ever' },
  last_ok_at: { type: 'string', help: 'When a run ended well last; `never`' },
  age: { type: 'string', help: 'How long ago that was', whyAbsent: never },
  age_s: { type: 'number', unit: 's', help: 'The same as a number', whyAbsent: never },
  expected_at: { type: 'string', help: 'When the next success is due, or was' },
  late_by: { type: 'string', help: 'How long ago it was due; empty before' },
  late_by_s: { type: 'number', unit: 's', help: 'The same as a number; 0 before' },
  grace_s: { type: 'number', unit: 's', help: '`grace`' },
  failed: { type: 'bool', help: 'The last run that ended has failed' },
  last_fail: {
    type: 'string',
    help: 'The last failed run: when, exit code, with `message` what the job said; empty when none is known',
  },
  exit_code: { type: 'number', help: 'Of the last run that ended; null if it did not tell' },
  running: { type: 'bool', help: 'A run has begun and not ended' },
  running_since: { type: 'string', help: 'When; of several the oldest. Empty when none is' },
  running_for: { type: 'string', help: 'How long; empty when none is' },
  running_s: { type: 'number', unit: 's', help: 'The same as a number; 0 when none is' },
  max_run_s: { type: 'number', unit: 's', help: '`max_run`; null without', whyAbsent: () => 'max_run is not set' },
  run_time: { type: 'string', help: 'How long the last run took that ended well and had begun', whyAbsent: noStart },
  run_s: { type: 'number', unit: 's', help: 'The same as a number: `run_s > 1.5 * usual_run_s`', whyAbsent: noStart },
  usual_run_s: {
    type: 'number',
    unit: 's',
    help: `Median of those before, from ${fewestUsual} on`,
    whyAbsent: () => `fewer than ${fewestUsual} runs before it are known`,
  },
  runs: { type: 'number', help: 'Runs that are known to have ended, the last 20 at most' },
  failed_runs: { type: 'number', help: 'Of these, failed' },
  lost_runs: { type: 'number', help: 'Runs that began and never said how they ended, though a later one did' },
};
