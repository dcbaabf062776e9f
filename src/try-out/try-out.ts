import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { BotOptions } from '../bot.ts';
import type { Closing } from '../closing.ts';
import type { Environment } from '../config/environment.ts';
import type { Ops } from '../config/model.ts';
import { startClinic } from '../demo/clinic.ts';
import { demoPorts } from '../demo/ports.ts';
import { OpsError } from '../kernel/errors.ts';
import { explainListening } from '../kernel/listening.ts';
import type { Log } from '../kernel/log.ts';
import { PlayClock } from '../play-clock.ts';
import { allCommands } from '../registry.ts';
import { startWorkspace } from '../workspace/workspace.ts';
import { completionsOf } from './completions.ts';
import { guide } from './guide.ts';
import { readManifest } from './manifest.ts';
import { elsewhere } from './places.ts';
import { standInsOf } from './stand-ins.ts';

/** What a bot that is tried out gets instead of its own. */
export type TryOut = Pick<BotOptions, 'environment' | 'slack' | 'clock' | 'onOpened' | 'moreSeverities'> & {
  /** Where people open the page. */
  url: string;
};

/**
 * Without Slack tokens: a workspace of our own with a page, a system to watch and to break, and a clock that can be moved.
 * The app is installed in it as manifest.yml says. Throws OpsError when a port is taken.
 */
export async function startTryOut(
  environment: Environment,
  { log, closing, reset }: { log: Log; closing: Closing; reset: boolean },
): Promise<TryOut> {
  const { dataDir, demoPort } = environment;
  await refuseSecond(environment);
  const clock = new PlayClock({ dataDir, reset, log });
  closing.defer('the clock', () => clock.close());
  const caFile = resolve(dataDir, 'demo-ca.pem');
  const own = Promise.withResolvers<void>();
  const webhookSecret = randomBytes(16).toString('hex');
  const clinic = await startClinic({ ...demoPorts(demoPort), clock, caFile, keepFrom: own.promise, log });
  closing.defer('the demo system', () => clinic.close());
  let ops: Ops | undefined;
  const { shared } = await allCommands();
  const { commands, shortcuts, scopes, eventTypes } = await readManifest();
  const workspace = await startWorkspace({
    ...{ port: environment.workspacePort, playClock: clock, commands, eventTypes },
    file: join(dataDir, 'workspace.json'),
    ...{ afresh: reset, keepFrom: own.promise, ...webhookTo(environment, webhookSecret) },
    warn: (message) => log.warn(message),
    page: {
      ...{ system: clinic, guide, shortcuts, openedFirst: 'ops' },
      completions: () => completionsOf(shared, watched(ops)),
    },
  }).catch((error: unknown) => {
    const at = { host: '127.0.0.1', port: environment.workspacePort, portSetting: 'WORKSPACE_PORT' };
    throw explainListening(error, at);
  });
  closing.defer('the local workspace', () => workspace.close());
  log.info(`no Slack tokens: a local workspace instead of Slack, and the ${clinic.name} to watch at ${clinic.url}`);
  const changes = elsewhere(clinic, { caFile, opsConfig: resolve(environment.opsConfig) });
  if (changes) log.info(changes);
  return {
    environment: { ...environment, ...standInsOf(environment, workspace, webhookSecret) },
    moreSeverities: join(import.meta.dirname, 'severities'),
    slack: {
      ...{ kind: 'socket', appToken: workspace.appToken, apiUrl: workspace.apiUrl },
      botToken: workspace.issueToken('bot', scopes),
    },
    clock,
    onOpened: (opened) => {
      ops = opened;
      own.resolve();
      // Whoever opens the page first reads times as the clinic does, not six hours off.
      workspace.setZone('anna', opened.team.zone);
      clock.begin(opened.team.zone);
    },
    url: workspace.url,
  };
}

/** Somebody who types the command twice is told so, rather than which port is taken. */
async function refuseSecond({ workspacePort }: Environment): Promise<void> {
  if (workspacePort === 0) return;
  const url = `http://127.0.0.1:${workspacePort}`;
  const page = await fetch(url, { signal: AbortSignal.timeout(1_000) })
    .then((response) => response.text())
    .catch(() => '');
  if (!page.includes('<title>Rounds, local workspace</title>')) return;
  throw new OpsError('conflict', `Rounds runs here already: open ${url}`, {
    hint: 'End the other one first (Ctrl-C where it runs), or give this one other ports and another DATA_DIR.',
  });
}

/** The phone's Acknowledge comes back as PagerDuty's webhook, where it is known on which port the bot will listen. */
function webhookTo({ port }: Environment, secret: string) {
  return port === 0 ? {} : { pagerDutyWebhook: { url: `http://127.0.0.1:${port}/hooks/pagerduty`, secret } };
}

function watched(ops: Ops | undefined) {
  const checks = ops?.checks ?? [];
  return {
    groups: [...(ops?.groups.keys() ?? [])].map((id) => ({
      id,
      checks: checks.filter(({ group }) => group === id).length,
    })),
    checks: checks.map(({ id, definition, target }) => ({ id, asks: definition.describe(target) })),
  };
}
