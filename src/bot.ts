import { resolve } from 'node:path';
import { createAccess } from './access/access.ts';
import { alertmanagerHook } from './alertmanager-hook.ts';
import { type CoreOptions, openCore } from './app.ts';
import { auditDenials } from './audit-denials.ts';
import { auditHead } from './audit-head.ts';
import { watchChecklists } from './checklists-room.ts';
import type { Closing } from './closing.ts';
import type { Environment } from './config/environment.ts';
import { makeReveal } from './config/secrets.ts';
import { unlessAborted } from './ending.ts';
import { doctorOf } from './examination.ts';
import type { HealthReport } from './health/model.ts';
import { heartbeatRoutes } from './heartbeat-hook.ts';
import { createSchedules } from './jobs/schedules.ts';
import { systemClock } from './kernel/clock.ts';
import { watchFiles } from './live-files.ts';
import { journalOf } from './pagerduty.ts';
import { pagerDutyHook } from './pagerduty-hook.ts';
import { allCommands, homeSections } from './registry.ts';
import { schedulePrefix } from './reports/schedule.ts';
import { putInForce } from './roles-in-force.ts';
import type { Services } from './services.ts';
import { connectSlack } from './slack/connect.ts';
import { createSlackLink, type SlackLink } from './slack-link.ts';
import { serveTerminals } from './terminals.ts';
import { timelineHearing } from './timeline-hearing.ts';
import { createHeartbeat } from './web/heartbeat.ts';
import { createMetrics } from './web/metrics.ts';
import { databaseHealth, firstProblem, healthz, queueHealth, readyz, schedulesHealth } from './web/probes.ts';
import { type Route, startWeb } from './web/server.ts';

export interface Bot {
  port: number;
  /** Settles when the bot can't go on (Slack refused its token for good). */
  fatal: Promise<Error>;
}

export interface BotOptions extends CoreOptions {
  slack: Exclude<Environment['slack'], { kind: 'none' }>;
  /** Takes what the bot opens, also when its start fails. */
  closing: Closing;
}

/** How long stopping waits for answers on their way to Slack: the whole must end within the deadline of the process. */
const SLACK_GRACE_MS = 4_000;
const JOBS_GRACE_MS = 2_000;

/**
 * The whole bot, wired in one line. What is measured and recorded begins at once; the promise waits for Slack, however
 * long it is away. Rejects as soon as `signal` is aborted, and when Slack refuses a token.
 */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { environment, variables, log, closing, signal = new AbortController().signal } = options;
  const stopping = new AbortController();
  const fatal = Promise.withResolvers<Error>();
  const metrics = createMetrics();
  const linked: { link?: SlackLink } = {};
  // Something may change before there is a way to Slack.
  const homeChanged = () => linked.link?.connection()?.homeChanged();
  const onSweep = (report: HealthReport) => {
    metrics.sweep(report);
    homeChanged();
  };
  // A page that waits in the journal does not wait for the database, which this start may wait for.
  const journal = journalOf(environment, log);
  closing.defer('the pages of the journal', () => journal.stop());
  journal.start();
  const watched = {
    ...{ onSweep, journal, onIncident: homeChanged, watchJobs: metrics },
    ...{ onTimerKept: metrics.timerKept, onPaged: metrics.paged },
  };
  const core = await unlessAborted(openCore({ ...options, ...watched }), signal);
  const { store, clock, jobs, timers, alerts, incidents, checklists, directory, health, heartbeats } = core;
  closing.defer('the database', () => store.close());
  closing.defer('the checks', () => health.stop());
  const { roles, file } = core.services.ops;
  await putInForce(store, { roles, file: resolve(file) }, clock.now());
  metrics.queue(jobs.state);

  const denials = auditDenials({ store, clock, log });
  const onDenied = denials.take;
  closing.defer('what is recorded of denials', () => denials.settled());
  closing.defer('what is recorded of commands', () => incidents.timeline.settled());
  const link = createSlackLink({ open: openSlack, log });
  linked.link = link;
  closing.defer('Slack', () => link.stop());
  const head = auditHead({ audit: core.services.audit, alerts, jobs, store, ops: core.services.ops, log });
  const regular = [
    ...health.takeOn(jobs),
    ...alerts.schedules,
    ...head.takeOn(jobs),
    ...directory.takeOn(jobs),
    ...core.reports.schedules(),
    ...checklists.schedules(),
  ];
  alerts.register(jobs, link.port);
  incidents.register(jobs, link.port);
  core.reports.register(jobs, link.port);
  checklists.register(jobs, link.port);
  const schedules = createSchedules({ store, clock, log, schedules: regular });
  const parts = {
    database: databaseHealth(store),
    queue: queueHealth(jobs),
    schedules: schedulesHealth(schedules),
    slack: async () => link.health(),
  };
  const { heartbeat } = core.services.ops;
  const reveal = makeReveal(variables);
  const problem = firstProblem(parts);
  const beats = heartbeat && createHeartbeat({ url: () => reveal(heartbeat.url), problem, log, clock: systemClock });
  const pieces = { ...core.pieces, schedules, slack: options.slack, connected: link.health, heartbeat: beats };
  const services: Services = { ...core.services, doctor: doctorOf(pieces) };
  const [{ shared }, sections] = await Promise.all([allCommands(), homeSections()]);

  const { webhookSecret } = environment.pagerDuty;
  const { alertmanagerToken: token } = environment;
  const hooks: Record<string, Route> = {
    ...(webhookSecret && { 'POST /hooks/pagerduty': pagerDutyHook(webhookSecret, incidents, log) }),
    ...(token && { 'POST /hooks/alertmanager': alertmanagerHook(token, incidents, log) }),
    ...heartbeatRoutes({ checks: core.services.ops.checks, heartbeats, reveal, log }),
  };
  const web = await startWeb({
    host: environment.host,
    port: environment.port,
    log,
    slackEvents: (request, response) => {
      const listener = link.connection()?.requestListener;
      if (listener) listener(request, response);
      else response.writeHead(503).end();
    },
    routes: { 'GET /healthz': healthz, 'GET /readyz': readyz(parts), 'GET /metrics': metrics.route, ...hooks },
  });
  closing.defer('the web server', () => web.close());
  log.info({ host: environment.host, port: web.port }, 'listening');
  await serveTerminals({
    ...{ environment, services, clock, log, commands: shared, stopping: stopping.signal, closing, onDenied },
    access: () => link.connection()?.access ?? createAccess({ roles: services.ops.roles, log }),
  });

  closing.defer('the jobs', () => jobs.stop(JOBS_GRACE_MS));
  await unlessAborted(jobs.start(), signal);
  await unlessAborted(directory.begin(jobs), signal);
  closing.defer('the schedules and deadlines', () => Promise.all([schedules.stop(), timers.stop()]));
  await unlessAborted(schedules.start(), signal);
  timers.start();
  const { reports } = core;
  const live = watchFiles(
    [
      {
        ...{ name: 'reports', folder: reports },
        onChanged: () => schedules.replace(schedulePrefix, reports.schedules()),
      },
    ],
    { store, announce: alerts.announce, log },
  );
  const watch = watchChecklists({ checklists, schedules, log });
  closing.defer('the look at files', () => Promise.all([live.stop(), watch.stop()]));
  watch.start();
  await unlessAborted(live.start(), signal);
  closing.defer('the journal', () => incidents.journal.stop());
  incidents.journal.start();
  await link.connect(signal);
  if (beats) {
    closing.defer('the heartbeat', () => beats.stop());
    beats.start();
  }
  closing.defer('the commands', () => stopping.abort());
  return { port: web.port, fatal: fatal.promise };

  function openSlack() {
    return connectSlack<Services>({
      ...{ slack: options.slack, commands: shared, services, store, clock, realTime: store.time, log, onDenied },
      home: { sections },
      hearing: timelineHearing(incidents.timeline),
      graceMs: SLACK_GRACE_MS,
      access: (directory) => {
        services.owners.use(directory);
        return createAccess({ roles: services.ops.roles, directory, log });
      },
      onAck: metrics.ack,
      onCall: metrics.slackCall,
      onFatal: (error) => fatal.resolve(error),
    });
  }
}
