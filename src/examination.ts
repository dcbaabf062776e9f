import { auditOwnership } from './audit/ownership.ts';
import { lastSentHead } from './audit/sent.ts';
import { auditChannel } from './audit-head.ts';
import type { Environment } from './config/environment.ts';
import type { Ops } from './config/model.ts';
import { missingRunbooks } from './config/report.ts';
import { loadConfiguration, runbooksIn, waysMissing } from './configuration.ts';
import { onCallState } from './directory/directory.ts';
import { createDoctor } from './doctor/examine.ts';
import { type Doctor, type Found, type Part, unknown } from './doctor/model.ts';
import { auditPart } from './doctor/parts/audit.ts';
import { awsPart } from './doctor/parts/aws.ts';
import { channelsPart } from './doctor/parts/channels.ts';
import { checksPart } from './doctor/parts/checks.ts';
import { configPart } from './doctor/parts/config.ts';
import { databasePart } from './doctor/parts/database.ts';
import { heartbeatPart } from './doctor/parts/heartbeat.ts';
import { pagerDutyPart } from './doctor/parts/pagerduty.ts';
import { ownersPart, rolesPart } from './doctor/parts/people.ts';
import { queuePart } from './doctor/parts/queue.ts';
import { directoryPart, pageTestPart, reachingPart } from './doctor/parts/reaching.ts';
import { type SeenSchedules, schedulesPart } from './doctor/parts/schedules.ts';
import { secretsPart } from './doctor/parts/secrets.ts';
import { type Connected, slackPart, withoutTokens } from './doctor/parts/slack.ts';
import type { Health } from './health/health.ts';
import { lastTests } from './incidents/page-test/store.ts';
import type { Jobs } from './jobs/model.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import type { Log } from './kernel/log.ts';
import { runbookFolders } from './registry.ts';
import { type LookOptions, lookAtSlack } from './slack/look.ts';
import type { Store } from './store/store.ts';
import type { Heartbeat } from './web/heartbeat.ts';

/** A piece that could not be opened, and why: what stands on it can't be looked at. */
export class Missing {
  readonly why: string;
  /** What the part that is missing itself says; default: that it was not looked at. */
  readonly found: Found[];
  constructor(why: string, found: Found[] = [unknown(`not looked at: ${why}`)]) {
    this.why = why;
    this.found = found;
  }
}

/** What the doctor looks at. In a bot everything is there. */
export interface Pieces {
  environment: Environment;
  variables: NodeJS.ProcessEnv;
  log: Log;
  ops: Ops | Missing;
  store: Store | Missing;
  /** What deadlines and schedules go by; default: the database's time. In a try-out somebody may have moved it. */
  clock?: Clock;
  health: Pick<Health, 'measure'> | Missing;
  jobs: Pick<Jobs, 'state' | 'dead'> | Missing;
  schedules: SeenSchedules | Missing;
  /** Undefined: no tokens are set. In a try-out the tokens of the local workspace. */
  slack: LookOptions['slack'] | undefined | Missing;
  /** Of a bot that runs. */
  connected?: Connected;
  /** Of a bot that runs, when a watchdog is configured. */
  heartbeat?: Pick<Heartbeat, 'last'> | undefined;
}

/** The doctor over what is open; every examination asks anew. */
export function doctorOf(pieces: Pieces): Doctor {
  return createDoctor((signal) => partsOf(pieces, signal));
}

/** Every part that there is, in the order in which they are shown. */
export function partsOf(pieces: Pieces, signal: AbortSignal): Part[] {
  const { environment, variables, ops, store, health, jobs, schedules, clock } = pieces;
  const tryOut = environment.slack.kind === 'none';
  return [
    configPart(configFile(pieces)),
    ...slackParts(pieces, signal),
    store instanceof Missing
      ? { name: 'database', look: async () => store.found }
      : databasePart({
          store,
          clock: systemClock,
          production: environment.production,
          ...(tryOut && clock && { moved: clock }),
        }),
    on('audit', both(store, ops), ([open, loaded]) =>
      auditPart({
        ownership: () => auditOwnership(open),
        signed: environment.auditSigningKey !== undefined,
        lastHead: () => lastSentHead(open),
        channel: auditChannel(loaded),
        logged: !['error', 'fatal', 'silent'].includes(environment.logLevel),
        clock: clock ?? open.time,
        embedded: open.kind === 'embedded',
        tryOut,
      }),
    ),
    on('queue', both(jobs, store), ([open, { time }]) => queuePart(open, time)),
    on('schedules', both(schedules, both(store, ops)), ([open, [{ time }, { team }]]) =>
      schedulesPart(open, clock ?? time, team.zone),
    ),
    on('secrets', ops, (loaded) => secretsPart(loaded, variables)),
    on('checks', health, (open) => checksPart(open)),
    pagerDutyPart(environment.pagerDuty),
    on('page test', store, (open) =>
      pageTestPart({
        ...{ configured: tryOut || environment.pagerDuty.routingKey !== undefined, tryOut },
        ...{ last: () => lastTests(open.db()), clock: clock ?? open.time },
      }),
    ),
    on('directory', both(store, ops), ([open, { contacts }]) =>
      directoryPart({
        ...{ asks: environment.pagerDuty.apiToken !== undefined, contacts: contacts.size, tryOut },
        ...{ state: () => onCallState(open), clock: clock ?? open.time },
      }),
    ),
    on('escalation', ops, () =>
      reachingPart({
        tryOut,
        remarks: async () =>
          waysMissing(await loadConfiguration(environment.opsConfig, variables), waysIn(environment)),
      }),
    ),
    on('aws', ops, ({ checks }) => awsPart(checks)),
    on('heartbeat', ops, ({ heartbeat }) =>
      heartbeatPart({ configured: heartbeat !== undefined, tryOut, beats: pieces.heartbeat, clock: systemClock }),
    ),
  ];
}

function slackParts({ slack: tokens, ops, log, connected }: Pieces, signal: AbortSignal): Part[] {
  if (tokens === undefined) return [withoutTokens()];
  const look = tokens instanceof Missing ? tokens : lookAtSlack({ slack: tokens, log, signal });
  return [
    on('slack', look, (slack) => slackPart(slack, { connected })),
    on('channels', both(look, ops), ([slack, loaded]) => channelsPart(loaded, slack)),
    on('roles', both(look, ops), ([slack, loaded]) => rolesPart(loaded, slack)),
    on('owners', both(look, ops), ([slack, loaded]) => ownersPart(loaded, slack)),
  ];
}

/** The part on its piece; without it the part is there too, as unknown. */
function on<Piece>(name: string, piece: Piece | Missing, part: (piece: Piece) => Part): Part {
  if (!(piece instanceof Missing)) return part(piece);
  return { name, look: async () => [unknown(`not looked at: ${piece.why}`)] };
}

function both<A, B>(a: A | Missing, b: B | Missing): [A, B] | Missing {
  if (a instanceof Missing) return a;
  return b instanceof Missing ? b : [a, b];
}

/** What is set up to reach people by, as variables: they are read already. */
function waysIn({ smtp, twilio }: Environment): NodeJS.ProcessEnv {
  return { ...(smtp && { SMTP_URL: smtp.url }), ...(twilio && { TWILIO_ACCOUNT_SID: twilio.accountSid }) };
}

/** The tokens of an environment; undefined when there are none. */
export function tokensIn({ slack }: Pick<Environment, 'slack'>): LookOptions['slack'] | undefined {
  if (slack.kind === 'none') return undefined;
  const { botToken, apiUrl } = slack;
  return { botToken, apiUrl, ...(slack.kind === 'socket' && { appToken: slack.appToken }) };
}

/** The configuration as the bot reads it when it starts. */
export function configFile({ environment, variables }: Pick<Pieces, 'environment' | 'variables'>) {
  return {
    load: async () => {
      const read = await loadConfiguration(environment.opsConfig, variables);
      return { ...read, missingRunbooks: missingRunbooks(runbooksIn(read), runbookFolders(read.ops.dir)) };
    },
  };
}
