import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { HealthReport } from '../health/model.ts';
import type { JobWatch, QueueState } from '../jobs/model.ts';
import type { Route } from './server.ts';

/** What Prometheus may scrape at /metrics. */
export interface Metrics extends JobWatch {
  route: Route;
  /** Called once for every finished sweep. */
  sweep(report: HealthReport): void;
  /** How long Slack waited for an acknowledgement, ms. */
  ack(ms: number): void;
  /** A call to Slack has ended; `outcome` is `ok` or a PortError's reason. */
  slackCall(call: { method: string; outcome: string; durationMs: number }): void;
  /** A deadline was kept this long after it was due, ms. */
  timerKept(latenessMs: number): void;
  /** A page was accepted this long after it was decided, ms. */
  paged(ms: number): void;
  /** Where the state of the queue comes from at each scrape. */
  queue(state: () => Promise<QueueState>): void;
}

/** Longer than this a scrape doesn't wait for the state of the queue, ms. */
const queuePatienceMs = 1_000;

export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry, prefix: 'rounds_' });
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], labelNames: L[] = []) =>
    new Histogram({ name, help, buckets, labelNames, registers });

  const sweepSeconds = histogram('rounds_sweep_seconds', 'Duration of a sweep', [0.1, 0.5, 1, 2, 5, 10, 20, 60]);
  const runs = counter('rounds_check_runs_total', 'Measured checks by type and outcome', ['type', 'outcome']);
  const checks = gauge('rounds_checks', 'Checks of the last sweep by outcome', ['outcome']);
  const ackSeconds = histogram(
    'rounds_slack_ack_seconds',
    'From taking a delivery of Slack to its acknowledgement; Slack gives up after 3 s',
    [0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 3],
  );
  const calls = counter('rounds_slack_calls_total', 'Calls to Slack by method and outcome; rate_limited is a 429', [
    'method',
    'outcome',
  ]);
  const callSeconds = histogram('rounds_slack_call_seconds', 'Duration of a call to Slack', [0.1, 0.5, 1, 3, 10]);
  const jobs = counter('rounds_jobs_total', 'Attempts of jobs by kind, outcome and reason', [
    'kind',
    'outcome',
    'reason',
  ]);
  const jobSeconds = histogram(
    'rounds_job_seconds',
    'Duration of an attempt',
    [0.01, 0.1, 0.5, 1, 5, 20, 60],
    ['kind'],
  );
  const timerSeconds = histogram(
    'rounds_timer_lateness_seconds',
    'How long after it was due a deadline was kept; above 60 it is announced',
    [1, 2, 5, 10, 30, 60, 300, 3_600],
  );
  const pageSeconds = histogram(
    'rounds_page_accepted_seconds',
    'From the decision to page until PagerDuty accepted it; above 60 it is announced',
    [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3_600],
  );
  const queueUp = gauge('rounds_queue_up', '1 when the state of the queue could be read');
  const queueJobs = gauge('rounds_queue_jobs', 'Jobs by kind and state', ['kind', 'state']);
  const queueOldest = gauge('rounds_queue_oldest_seconds', 'Age of the oldest job that is due and not begun');
  let queueState: (() => Promise<QueueState>) | undefined;

  async function readQueue(): Promise<void> {
    const state = await inTime(queueState?.());
    queueJobs.reset();
    queueUp.set(state ? 1 : 0);
    queueOldest.set(state ? state.oldestWaitingMs / 1_000 : Number.NaN);
    for (const { kind, state: name, count } of state?.counts ?? []) queueJobs.set({ kind, state: name }, count);
  }

  return {
    route: async () => {
      await readQueue();
      return { status: 200, type: registry.contentType, text: await registry.metrics() };
    },
    sweep(report) {
      sweepSeconds.observe(report.duration_ms / 1_000);
      for (const check of report.checks) runs.inc({ type: check.type, outcome: check.outcome });
      for (const [outcome, count] of Object.entries(report.counts)) checks.set({ outcome }, count);
    },
    ack: (ms) => ackSeconds.observe(ms / 1_000),
    slackCall({ method, outcome, durationMs }) {
      calls.inc({ method, outcome });
      callSeconds.observe(durationMs / 1_000);
    },
    finished({ kind, outcome, reason, durationMs }) {
      jobs.inc({ kind, outcome, reason: reason ?? '' });
      jobSeconds.observe({ kind }, durationMs / 1_000);
    },
    timerKept: (latenessMs) => timerSeconds.observe(latenessMs / 1_000),
    paged: (ms) => pageSeconds.observe(ms / 1_000),
    queue(state) {
      queueState = state;
    },
  };
}

/** What the queue says, or nothing when it fails or takes too long: a scrape goes on without. */
async function inTime(asked: Promise<QueueState> | undefined): Promise<QueueState | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, queuePatienceMs, undefined);
  });
  // A failure is shown as `rounds_queue_up 0`, like an answer that comes too late.
  const answer = Promise.allSettled([asked]).then(([state]) =>
    state.status === 'fulfilled' ? state.value : undefined,
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
