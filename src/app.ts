import { createOwners } from './access/owners.ts';
import { type Alerts, createAlerts } from './alerts/alerts.ts';
import { createAudit } from './audit/audit.ts';
import { announceErasures } from './audit-head.ts';
import { createCharts } from './charts/charts.ts';
import type { Checklists } from './checklists/checklists.ts';
import { checklistTimerKinds } from './checklists/jobs.ts';
import { checklistsPastOf } from './checklists-past.ts';
import { checklistsOf } from './checklists-room.ts';
import { checksPastOf } from './checks-past.ts';
import type { Environment } from './config/environment.ts';
import type { Ops } from './config/model.ts';
import { makeReveal } from './config/secrets.ts';
import { loadConfiguration, withSeveritiesOf } from './configuration.ts';
import { createDeadJobs } from './dead-jobs.ts';
import { createDirectory, type Directory } from './directory/directory.ts';
import { doctorOf, Missing, type Pieces, tokensIn } from './examination.ts';
import { createHealth, type Health } from './health/health.ts';
import { silenceOverJob } from './health/silences/change.ts';
import { createHeartbeats, type Heartbeats } from './heartbeats/heartbeats.ts';
import { unlessHeld } from './held-evidence.ts';
import { createIncidents, type Incidents } from './incidents/incidents.ts';
import type { JournalPager } from './incidents/journal/pager.ts';
import { incidentTimerKinds } from './incidents/timer-kinds.ts';
import { absentJobs } from './jobs/absent.ts';
import type { Jobs, JobWatch } from './jobs/model.ts';
import { openJobs } from './jobs/open.ts';
import { createTimers } from './jobs/timers.ts';
import type { Timers } from './jobs/timing.ts';
import type { Clock } from './kernel/clock.ts';
import { OpsError } from './kernel/errors.ts';
import type { Log } from './kernel/log.ts';
import { announceLate } from './late.ts';
import { createMail } from './mail/mail.ts';
import { journalOf, pagingOf } from './pagerduty.ts';
import { runbookFolders } from './registry.ts';
import { reportTimerKinds } from './reports/jobs.ts';
import { createReports, type Reports } from './reports/reports.ts';
import { runbookFiles } from './runbooks/files.ts';
import type { Services } from './services.ts';
import { absentStore } from './store/absent.ts';
import { openStore, type Store } from './store/store.ts';
import { createTelephone } from './telephone/telephone.ts';
import { openTracker } from './tickets/open.ts';

export { FolderInUse } from './store/in-use.ts';

export interface Core {
  services: Services;
  store: Store;
  clock: Clock;
  jobs: Jobs;
  timers: Timers;
  alerts: Alerts;
  incidents: Incidents;
  reports: Reports;
  checklists: Checklists;
  directory: Directory;
  health: Health;
  heartbeats: Heartbeats;
  /** What the doctor looks at, as far as it is here. */
  pieces: Pieces;
  /** Why there is no database; with `withoutDatabase` only. */
  databaseAway: OpsError | undefined;
  close(): Promise<void>;
}

export interface CoreOptions {
  environment: Environment;
  /** The process's variables: secrets of checks are read from them. */
  variables: NodeJS.ProcessEnv;
  log: Log;
  /** Default: the database's time, so that a machine's wrong clock does no harm. */
  clock?: Clock;
  /** Called when the configuration is read and the database is open: nobody else has the data folder now. */
  onOpened?: (ops: Ops) => void;
  /** A folder of severities that hold besides the configured ones, as far as they fit. */
  moreSeverities?: string;
  signal?: AbortSignal;
  /** How long to keep trying a database server that can't be reached; default 30 s. */
  retryForMs?: number;
  /** Go on without a database server that can't be reached: whatever is asked of it then fails. */
  withoutDatabase?: boolean | undefined;
  /** Where each try to reach the database is told; default `log`. */
  databaseLog?: Log;
  /** Throw away what the embedded database holds. */
  reset?: boolean;
  /** Called for every finished sweep. */
  onSweep?: Parameters<typeof createHealth>[0]['onSweep'];
  /** Called when what people see of incidents may have changed. */
  onIncident?: () => void;
  watchJobs?: JobWatch;
  /** What pages while the database is away, begun before it is open; default: one that only takes declarations. */
  journal?: JournalPager;
  onTimerKept?: (latenessMs: number) => void;
  /** How long after it was decided a page was accepted. */
  onPaged?: (ms: number) => void;
}

/**
 * What the bot and the terminal both stand on: the config, the database, the queue and the features. Nothing works by
 * itself until a bot starts it. Throws what `openStore` and `openJobs` throw.
 */
export async function openCore(options: CoreOptions): Promise<Core> {
  const { environment, variables, log } = options;
  const configured = await loadConfiguration(environment.opsConfig, variables);
  const { ops, messages } = configured;
  const { moreSeverities } = options;
  const severities = moreSeverities ? await withSeveritiesOf(moreSeverities, configured) : configured.severities;
  for (const name of ops.missingSecrets)
    log.warn({ secret: name }, `secret ${name} is not set: what needs it is unknown`);
  const { store, away } = await openDatabase(options);
  try {
    options.onOpened?.(ops);
    const clock = options.clock ?? store.time;
    const jobs = away ? absentJobs(away) : await openJobs({ store, clock, log, watch: options.watchJobs });
    const alerts = createAlerts({ ops, store, jobs, clock, log });
    const onErasing = unlessHeld(announceErasures(alerts, ops), (tx) => incidents.evidence.windows(tx));
    const audit = createAudit({ store, clock, signingKey: environment.auditSigningKey, onErasing });
    const timers = createTimers({
      store,
      jobs,
      kinds: [silenceOverJob, ...incidentTimerKinds, ...reportTimerKinds, ...checklistTimerKinds],
      clock,
      log,
      onLate: announceLate(alerts, ops.team.zone),
      onKept: options.onTimerKept,
    });
    const heartbeats = createHeartbeats({ store, clock });
    const health = createHealth({
      ops,
      store,
      clock,
      log,
      reveal: makeReveal(variables),
      reported: heartbeats.read,
      timers,
      onSweep: options.onSweep,
      held: () => incidents.evidence.windows(),
      onEvents: async (tx, events) => {
        await alerts.take(tx, events);
        await incidents.timeline.take(tx, events);
        await reports.take(tx, events);
      },
      onSilence: alerts.silenced,
    });
    const charts = createCharts();
    const paging = pagingOf(environment, log);
    const { onCalls, policies } = paging;
    const [policy] = policies;
    const directory = createDirectory({ store, clock, log, contacts: ops.contacts, onCalls, policy });
    const { smtp, twilio } = environment;
    const incidents = createIncidents({
      ...{ store, jobs, timers, clock, log, severities, team: ops.team, messages },
      ...{ paging, directory, announce: alerts.announce, onPaged: options.onPaged },
      mail: smtp && createMail(smtp),
      telephone: twilio && createTelephone(twilio),
      journal: options.journal ?? journalOf(environment, log),
      announceIn: ops.slack.incidents ?? ops.slack.alerts,
      onChanged: options.onIncident,
      checksPast: checksPastOf(health, { charts, zone: ops.team.zone }),
      ...{ checks: ops.checks, flagEmoji: ops.timeline?.flags },
      breach: ops.breach,
      links: {
        tracker: ops.ticket && openTracker(ops.ticket, makeReveal(variables)),
        auto: ops.ticket?.auto ?? false,
        bridge: ops.bridge?.url,
      },
      evidence: { recorded: health.recorded },
    });
    const checklists = checklistsOf({
      ...{ ops, health, store, jobs, timers, clock, log, announce: alerts.announce },
      files: configured.checklists,
    });
    const reports = createReports({
      ...{ ops, store, jobs, timers, clock, log, charts, health, files: configured.reports },
      announce: alerts.announce,
      sources: {
        ...{ ops, health, incidents, directory, store, checklists: checklistsPastOf(checklists) },
        names: (ids) => incidents.timeline.names(ids),
      },
    });
    const runbooks = runbookFiles(runbookFolders(ops.dir));
    const schedules = new Missing('no bot runs in this process');
    const pieces: Pieces = {
      ...{ environment, variables, log, ops, store, clock, health, jobs, schedules },
      slack: tokensIn(environment),
    };
    return {
      services: {
        ...{
          ops,
          severities: severities.all,
          incidents,
          checklists,
          owners: createOwners({ log }),
          directory,
          health,
          reports,
          charts,
          runbooks,
          audit,
          doctor: doctorOf(pieces),
        },
        deadJobs: createDeadJobs({ store, clock, jobs }),
      },
      ...{
        store,
        clock,
        jobs,
        timers,
        alerts,
        incidents,
        reports,
        checklists,
        directory,
        health,
        heartbeats,
        pieces,
        databaseAway: away,
      },
      async close() {
        await health.stop();
        await jobs.stop(0);
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openDatabase(options: CoreOptions): Promise<{ store: Store; away?: OpsError }> {
  const { environment, log, databaseLog = log, signal, reset, retryForMs } = options;
  const { databaseUrl, dataDir } = environment;
  try {
    return { store: await openStore({ databaseUrl, dataDir, log: databaseLog, signal, reset, retryForMs }) };
  } catch (error) {
    const away = options.withoutDatabase && error instanceof OpsError && error.code === 'unavailable';
    if (!away || databaseUrl === undefined) throw error;
    return { store: absentStore(error, log), away: error };
  }
}
