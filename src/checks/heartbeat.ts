import { defineCheck, type Rule } from '../kernel/check.ts';
import { formatDuration } from '../kernel/duration.ts';
import { factsOf } from './heartbeat/facts.ts';
import { type HeartbeatTarget, heartbeatParams } from './heartbeat/params.ts';
import { heartbeatFacts } from './heartbeat/specs.ts';

/** Beyond this part of `grace` a success that is late is worth a look. */
const worthALook = 0.5;

export default defineCheck({
  type: 'heartbeat',
  summary: 'A job elsewhere (a backup, an audit in CI) reports its runs; silence, failure or a hang fails',
  catalogue: ['H35'],
  params: heartbeatParams,
  facts: () => heartbeatFacts,
  rules: (target) => ({
    fail: [...whatEnded, ...hanging(target), late(target)],
    warn: [lateSoon(target), ...long(target)],
  }),
  okSays: 'last success {age} ago; the next is due by {expected_at}',
  iam: [],
  describe: ({ every, cron, zone }) =>
    every === undefined ? `reports of a job, ${cron} ${zone}` : `reports of a job, every ${formatDuration(every)}`,
  hears: ({ token }) => ({ token }),
  lane: () => 'rounds:heartbeats',
  laneLimit: 2,
  example: `- id: nightly-backup
  group: data
  heartbeat: {token: {secret: BACKUP_TOKEN}, cron: "0 2 * * *", zone: Europe/Berlin, grace: 30m, max_run: 2h}
# In a script that cron calls, TOKEN being the value of BACKUP_TOKEN:
#   beat() { curl -fsS -m 10 --retry 5 -X POST -H "Authorization: Bearer $TOKEN" "https://rounds.example.com/hooks/heartbeat/nightly-backup$1"; }
#   beat /start; run-the-backup; beat "?exit=$?"
# Without max_run, one line of the crontab will do:
#   0 2 * * * run-the-backup && curl -fsS -m 10 --retry 5 -X POST -H "Authorization: Bearer $TOKEN" https://rounds.example.com/hooks/heartbeat/nightly-backup
`,
  run: async ({ target, reveal, clock, reported }) => {
    // Without a token nobody can report: silence says nothing then.
    reveal(target.token);
    const reports = await reported();
    return { facts: factsOf(target, reports, clock.now()) };
  },
});

const look = 'look at the job and its crontab';

const whatEnded: Rule[] = [
  { when: '!seen', say: `never reported: a success was due by {expected_at}, {late_by} ago; ${look}` },
  { when: 'failed', say: 'the last run failed: {last_fail}' },
];

function hanging({ max_run }: HeartbeatTarget): Rule[] {
  if (max_run === undefined) return [];
  const say = `running for {running_for}, since {running_since} (limit ${formatDuration(max_run)}); see whether it hangs`;
  return [{ when: 'running && running_s > max_run_s', say }];
}

function late({ grace, max_run }: HeartbeatTarget): Rule {
  const limit = `grace ${formatDuration(grace)}`;
  const say = `no success: one was due by {expected_at}, {late_by} ago (${limit}); the last: {last_ok_at}; ${look}`;
  if (max_run === undefined) return { when: 'seen && late_by_s > grace_s', say };
  return { when: 'seen && late_by_s > (running ? grace_s + max_run_s : grace_s)', say };
}

/** A run on its way that reported its start is not late yet. */
function lateSoon({ grace, max_run }: HeartbeatTarget): Rule {
  const limit = Math.round((grace * worthALook) / 1_000);
  const say = `late: a success was due by {expected_at}, {late_by} ago; it fails at ${formatDuration(grace)}`;
  return { when: max_run === undefined ? `late_by_s > ${limit}` : `!running && late_by_s > ${limit}`, say };
}

function long({ max_run }: HeartbeatTarget): Rule[] {
  if (max_run === undefined) return [];
  const say = `the last run took {run_time} (limit ${formatDuration(max_run)})`;
  return [{ when: 'run_s > max_run_s', say }];
}
