import { onTestFinished } from 'vitest';
import { type Alerts, createAlerts } from '../../src/alerts/alerts.ts';
import type { AlertPort } from '../../src/alerts/model.ts';
import type { Check, Ops } from '../../src/config/model.ts';
import type { ProblemEvent } from '../../src/health/events.ts';
import type { CheckReport, Outcome } from '../../src/health/model.ts';
import type { JobContext, JobHandler, JobKind } from '../../src/jobs/model.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { PortError } from '../../src/kernel/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { opsOf, testClock } from './checks.ts';
import { memoryLog } from './memory-log.ts';
import { checkReport } from './reports.ts';
import { slackPort } from './slack-port.ts';

interface Waiting {
  name: string;
  data: unknown;
  attempt: number;
  /** What fails holds back what waits behind it in its series, as in the real queue. */
  series: string | undefined;
  /** Counted as they were enqueued. */
  turn: number;
}

/**
 * A queue that does what the test says, when it says so. What a rolled-back transaction enqueued must not be run. `elapse`
 * lets time pass between two tries: as much as what failed asked for.
 */
export function queueByHand({ elapse = async (_ms: number) => {} } = {}) {
  const handlers = new Map<string, JobHandler<never>>();
  const waiting: Waiting[] = [];
  const keys = new Set<string>();
  let turns = 0;
  const log = memoryLog();
  const context = ({ attempt, turn }: Waiting): JobContext => ({
    id: `job ${turn}`,
    attempt,
    lastAttempt: false,
    signal: new AbortController().signal,
    stillMine: async () => true,
    log,
    clock: { now: () => new Date() },
  });
  return {
    waiting,
    log,
    async enqueue<Data>(_: unknown, kind: JobKind<Data>, data: Data, options?: { key?: string }) {
      if (options?.key && keys.has(options.key)) return 'known' as const;
      if (options?.key) keys.add(options.key);
      const series = kind.serial && `${kind.name} ${kind.serial(data)}`;
      waiting.push({ name: kind.name, data: kind.schema.parse(data), attempt: 1, series, turn: turns++ });
      return 'enqueued' as const;
    },
    async cancel() {},
    hurry() {},
    handle<Data>(kind: JobKind<Data>, run: JobHandler<Data>) {
      if (handlers.has(kind.name)) throw new Error(`${kind.name} is handled twice`);
      handlers.set(kind.name, run as JobHandler<never>);
    },
    /** One try of everything that waits; what fails waits again. Resolves to the errors. */
    async run(over: Partial<JobContext> = {}): Promise<unknown[]> {
      const errors: unknown[] = [];
      const held = new Set<string>();
      for (const job of waiting.splice(0).sort((a, b) => a.turn - b.turn)) {
        if (job.series !== undefined && held.has(job.series)) {
          waiting.push(job);
          continue;
        }
        try {
          await handlers.get(job.name)!(job.data as never, { ...context(job), ...over });
        } catch (error) {
          errors.push(error);
          if (job.series !== undefined) held.add(job.series);
          waiting.push({ ...job, attempt: job.attempt + 1 });
        }
      }
      return errors;
    },
    /** Until nothing waits. */
    async finish(tries = 10): Promise<void> {
      let errors: unknown[] = [];
      for (let at = 0; at < tries && waiting.length > 0; at += 1) {
        errors = await this.run();
        const pauseMs = errors.map((error) => (error instanceof PortError ? (error.retryAfterMs ?? 0) : 0));
        if (Math.max(0, ...pauseMs) > 0) await elapse(Math.max(...pauseMs));
      }
      if (waiting.length > 0) throw new AggregateError(errors, 'the jobs do not get done');
    },
  };
}

export type Queue = ReturnType<typeof queueByHand>;

export interface Desk {
  alerts: Alerts;
  queue: Queue;
  workspace: Workspace;
  clock: ReturnType<typeof testClock>;
  store: Store;
  log: ReturnType<typeof memoryLog>;
  port: AlertPort;
  /** What a sweep found. */
  take(...events: ProblemEvent[]): Promise<void>;
  silence(silence: Parameters<Alerts['silenced']>[1]): Promise<void>;
}

/** The channel that the tests look at. */
export const channel = 'alerts';

export async function deskOf(
  store: Store,
  over: { ops?: Partial<Ops>; checks?: Check[]; port?: (port: AlertPort) => AlertPort } = {},
): Promise<Desk> {
  for (const table of ['alert_step', 'alert_problem', 'alert_notice']) await store.pool.query(`delete from ${table}`);
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  const clock = testClock();
  const queue = queueByHand({ elapse: (ms) => elapse(store, ms) });
  const log = memoryLog();
  const ops = opsOf(over.checks ?? [], { slack: { alerts: '#alerts' }, ...over.ops });
  const alerts = createAlerts({ ops, store, jobs: queue, clock, log });
  const stopped = new AbortController();
  onTestFinished(() => stopped.abort());
  const plain = slackPort(workspace, stopped);
  const port = over.port?.(plain) ?? plain;
  alerts.register(queue, port);
  return {
    alerts,
    queue,
    workspace,
    clock,
    store,
    log,
    port,
    take: (...events) => store.transaction((tx) => alerts.take(tx, events)),
    silence: (silence) => store.transaction((tx) => alerts.silenced(tx, silence)),
  };
}

/** Posts that were begun are older by that much; a lane that Slack has closed for a second is waited for. */
async function elapse(store: Store, ms: number): Promise<void> {
  await store.pool.query(`update alert_notice set begun_at = begun_at - $1 * interval '1 millisecond'`, [ms]);
}

/** What a sweep found of a check at the desk's time. */
export function eventOf(
  { clock }: { clock: Clock },
  event: ProblemEvent['event'],
  checkId: string,
  outcome: Outcome = event === 'closed' ? 'ok' : 'fail',
  over: Partial<CheckReport> & { before?: Outcome } = {},
): ProblemEvent {
  const { before = null, ...rest } = over;
  const at = clock.now();
  const report = checkReport(checkId, { outcome, reason: `${outcome} it is`, since: at, at, owner: '@web', ...rest });
  return { checkId, group: report.group, event, at, before, report };
}

/** What people see in the channel, oldest first: everything that stands in it, broadcasts of threads too. */
export function inChannel({ workspace }: Pick<Desk, 'workspace'>, name = channel) {
  return workspace.messages(name).filter(({ thread_ts, ts, reply_broadcast }) => {
    return thread_ts === undefined || thread_ts === ts || reply_broadcast === true;
  });
}

/** Replies of all threads, broadcast or not, oldest first. */
export function replies({ workspace }: Pick<Desk, 'workspace'>, name = channel) {
  return workspace.messages(name).filter(({ thread_ts, ts }) => thread_ts !== undefined && thread_ts !== ts);
}
