import type { RequestListener } from 'node:http';
import { App } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Access, DeniedAttempt } from '../kernel/access.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import type { Command } from '../kernel/command.ts';
import type { Directory } from '../kernel/directory.ts';
import { OpsError } from '../kernel/errors.ts';
import type { HomeSection } from '../kernel/home.ts';
import type { Log } from '../kernel/log.ts';
import type { Store } from '../store/store.ts';
import { timingAcks } from './ack-time.ts';
import { boltLog } from './bolt-log.ts';
import { type CallWatch, clientOptions, createCall } from './caller.ts';
import { type Channels, createChannels } from './channels.ts';
import { openDatabase } from './database.ts';
import { openDialogs } from './dialogs.ts';
import { createDirectory, hearChanges } from './directory.ts';
import type { Hearing } from './hearing.ts';
import { createHome, type HomeTiming } from './home.ts';
import { httpIngress } from './http.ts';
import { createIncidentChannels, type IncidentChannels } from './incident-channels.ts';
import { endInterrupted } from './interrupted.ts';
import { createMentions, type Mentions } from './mentions.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import { createOwners } from './owners.ts';
import { createReading, type Reading } from './reading.ts';
import { registryOf } from './registry.ts';
import { route } from './router.ts';
import { openRunning } from './running.ts';
import { openScreens } from './screens.ts';
import { openSeen } from './seen.ts';
import { socketIngress } from './socket.ts';
import { identify, watchToken } from './token.ts';
import { openWork } from './work.ts';

export interface SlackAccess {
  kind: 'socket' | 'http';
  botToken: string;
  /** Socket Mode. */
  appToken?: string;
  /** HTTP mode. */
  signingSecret?: string;
  /** Default https://slack.com/api/ */
  apiUrl?: string;
}

export interface SlackOptions<Services> {
  slack: SlackAccess;
  commands: readonly Command<Services>[];
  /** The sections of App Home; without any it is left alone. */
  home?: { sections: readonly HomeSection<Services>[]; timing?: Partial<HomeTiming> };
  services: Services;
  store: Pick<Store, 'db' | 'kind'>;
  clock: Clock;
  /** What Slack's timestamps are compared with; default: the machine's clock. */
  realTime?: Clock;
  /** How long Slack waited for an acknowledgement, ms. */
  onAck?: (ms: number) => void;
  onCall?: CallWatch;
  log: Log;
  /** Decides who may do what, from what Slack says of its people. */
  access(directory: Directory): Access;
  /** What happens in channels besides. */
  hearing?: Hearing;
  /** Called for everything that was not done because somebody may not do it. */
  onDenied?(attempt: DeniedAttempt): void;
  /** Slack will never take this process again (the app token is refused): end it. */
  onFatal(error: OpsError): void;
  /** Deadline of one call to Slack. */
  timeoutMs?: number;
  /** How long stopping waits for answers on their way. */
  graceMs?: number;
}

export interface SlackConnection {
  /** HTTP mode: takes POST /slack/events. Before `start` and after `stop` it answers 503. */
  requestListener: RequestListener | undefined;
  start(): Promise<void>;
  /** Takes no more work, lets running answers finish, disconnects. */
  stop(): Promise<void>;
  /** Asks Slack for a sign of life. Rejects with PortError when there is none. */
  ping(): Promise<void>;
  /** `warning`: it works, but not all of it. */
  health(): { ok: true; warning?: string } | { ok: false; problem: string };
  outgoing: Outgoing;
  /** What the option `access` made. */
  access: Access;
  channels: Channels;
  incidentChannels: IncidentChannels;
  mentionOf: Mentions['mentionOf'];
  reading: Reading;
  /** What App Home shows may have changed: whoever looks at it sees that soon. */
  homeChanged(): void;
  /** What the token was granted when the bot started, undefined when Slack didn't say, and what it lacks. */
  scopes: { granted: string[] | undefined; missing: string[] };
  teamId: string;
  botUserId: string;
}

/** How often this process says that it works on its answers, and looks for those of dead ones. */
const answersEveryMs = 30_000;

/** Connects the commands to Slack. @throws OpsError saying what to do when the bot token is refused. */
export async function connectSlack<S>(options: SlackOptions<S>): Promise<SlackConnection> {
  const { slack, store, log, services, clock, timeoutMs = 10_000, graceMs = 8_000 } = options;
  const logger = boltLog(log);
  const closed = new AbortController();
  const webOptions = () => clientOptions(slack.apiUrl, timeoutMs, closed.signal);
  const client = () => new WebClient(slack.botToken, { ...webOptions(), logger });
  const identity = await identify(client());
  const scopeWarning = warnOfScopes(identity.missingScopes, log);

  const token = watchToken(log);
  const call = createCall({
    client: client(),
    slowClient: client(),
    token,
    signal: closed.signal,
    watch: options.onCall,
  });
  const outgoing = createOutgoing({ call, signal: closed.signal, timeoutMs, missingScopes: identity.missingScopes });
  const registry = registryOf(options.commands);
  const database = openDatabase({ store, log });
  const seen = openSeen({ database, log });
  const running = openRunning({ database, log });
  const work = openWork(log);

  const ingress = openIngress(options, { timeoutMs, logger });
  const app = new App({
    token: slack.botToken,
    botId: identity.botId,
    botUserId: identity.botUserId,
    tokenVerificationEnabled: false,
    deferInitialization: true,
    receiver: timingAcks(ingress.receiver, (ms) => options.onAck?.(ms)),
    clientOptions: webOptions(),
    convoStore: false,
    logger,
  });
  app.error(async (failed) => log.error({ err: failed }, 'a delivery from Slack failed'));
  await app.init();
  const { botName, botUserId, teamId } = identity;
  const directory = createDirectory({ call, teamId });
  const access = options.access(directory);
  const onDenied = (attempt: DeniedAttempt) => options.onDenied?.(attempt);
  const { mentionOf, whoIs } = createMentions({ call, teamId, directory, log });
  const isOwner = createOwners({ whoIs, directory });
  const dialogs = openDialogs();
  const home = options.home?.sections.length
    ? createHome({ ...options.home, services, clock, log, access, onDenied, isOwner, outgoing, work })
    : undefined;
  const { hearing } = options;
  const answering = { services, clock, log, access, onDenied, outgoing, running, work, botName, hearing };
  const screens = openScreens({ outgoing, log });
  route(app, { ...answering, registry, seen, screens, botUserId, dialogs, home });
  hearChanges(app, directory);

  let ticking: NodeJS.Timeout | undefined;
  const tick = (all = false) =>
    work.start('ending interrupted answers', () => endInterrupted({ running, outgoing, registry, log }, { all }));

  return {
    requestListener: ingress.requestListener,
    outgoing,
    access,
    channels: createChannels({ call }),
    incidentChannels: createIncidentChannels({ call, botUserId }),
    mentionOf,
    reading: createReading({ call, log }),
    homeChanged: () => home?.changed(),
    scopes: { granted: identity.grantedScopes, missing: identity.missingScopes },
    teamId,
    botUserId,
    start: async () => {
      await ingress.start();
      // The embedded database has one process: whatever another one began is dead.
      tick(store.kind === 'embedded');
      ticking = setInterval(tick, answersEveryMs);
      ticking.unref();
      home?.start();
    },
    stop: async () => {
      clearInterval(ticking);
      home?.stop();
      const stopAtMs = performance.now() + graceMs;
      await ingress.stop();
      await work.stop(Math.max(0, stopAtMs - performance.now()), () => closed.abort());
      await running.catchUp();
      await seen.close();
      await database.settled();
    },
    ping: async () => void (await call('auth.test', {}, { slow: true, patienceMs: 0 })),
    health: () => {
      const problem = token.problem() ?? ingress.problem();
      if (problem !== undefined) return { ok: false, problem };
      return scopeWarning === undefined ? { ok: true } : { ok: true, warning: scopeWarning };
    },
  };
}

function warnOfScopes(missing: readonly string[], log: Log): string | undefined {
  if (missing.length === 0) return undefined;
  const warning = `SLACK_BOT_TOKEN lacks ${missing.join(', ')}: reinstall the app under Install App, then copy the token again`;
  log.warn(warning);
  return warning;
}

interface Ingress extends Pick<SlackConnection, 'start' | 'stop'> {
  receiver: ReturnType<typeof socketIngress>['receiver'] | ReturnType<typeof httpIngress>['receiver'];
  requestListener: RequestListener | undefined;
  problem(): string | undefined;
}

/** The way in that the configuration names. */
function openIngress<S>(
  { slack, log, onFatal, realTime = systemClock }: SlackOptions<S>,
  { timeoutMs, logger }: { timeoutMs: number; logger: ReturnType<typeof boltLog> },
): Ingress {
  if (slack.kind === 'socket') {
    const appToken = given(slack.appToken, 'SLACK_APP_TOKEN');
    return {
      ...socketIngress({ appToken, apiUrl: slack.apiUrl, timeoutMs, logger, log, onFatal }),
      requestListener: undefined,
    };
  }
  const signingSecret = given(slack.signingSecret, 'SLACK_SIGNING_SECRET');
  const http = httpIngress({ signingSecret, realTime, logger, log });
  return {
    receiver: http.receiver,
    requestListener: http.requestListener,
    start: async () => http.open(),
    stop: async () => http.close(),
    problem: () => undefined,
  };
}

function given(value: string | undefined, name: string): string {
  if (!value) throw new OpsError('invalid', `${name} is not set`);
  return value;
}
