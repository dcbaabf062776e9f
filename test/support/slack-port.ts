import { WebClient } from '@slack/web-api';
import type { AlertPort } from '../../src/alerts/model.ts';
import type { IncidentPort } from '../../src/incidents/ports.ts';
import { PortError } from '../../src/kernel/errors.ts';
import { boltLog } from '../../src/slack/bolt-log.ts';
import { clientOptions, createCall } from '../../src/slack/caller.ts';
import { createChannels } from '../../src/slack/channels.ts';
import { createIncidentChannels } from '../../src/slack/incident-channels.ts';
import { createOutgoing } from '../../src/slack/outgoing.ts';
import { createReading } from '../../src/slack/reading.ts';
import type { Workspace } from '../../src/workspace/workspace.ts';
import { memoryLog } from './memory-log.ts';

/** Owners that can be mentioned in the tests. */
export const mentions: Record<string, string> = { '@web': '<@U0ANNA0001>', '@dba': '<!subteam^S0ONCALL01>' };

/** Slack as alerts and incidents know it, over the real outgoing calls to a workspace; until `signal` is aborted. */
export function slackPort(
  workspace: Pick<Workspace, 'botToken' | 'apiUrl'> & { identity?: Workspace['identity'] },
  { signal, timeoutMs = 2_000 }: { signal: AbortSignal; timeoutMs?: number },
): AlertPort & IncidentPort {
  const logger = boltLog(memoryLog());
  const client = () =>
    new WebClient(workspace.botToken, { ...clientOptions(workspace.apiUrl, timeoutMs, signal), logger });
  const call = createCall({
    client: client(),
    slowClient: client(),
    token: { refused: () => {}, accepted: () => {} },
    signal,
  });
  const { post, find, update, upload, ephemeral } = createOutgoing({ call, signal, timeoutMs });
  const reading = createReading({ call, log: memoryLog() });
  let elapsedMs = 0;
  // Each look counts as an hour later: nothing is remembered from a fault that is over.
  const channels = createChannels({ call, elapsedMs: () => (elapsedMs += 3_600_000) });
  return {
    post,
    find,
    update,
    upload,
    async channelId(channel) {
      const found = await channels.resolve(channel);
      if (!found) throw new PortError('channel_not_found', `there is no ${channel}`, { retryable: false });
      return found.id;
    },
    mentionOf: async (owner) => mentions[owner],
    channels: createIncidentChannels({ call, botUserId: workspace.identity?.botUser ?? '' }),
    read: reading.message,
    nameOf: reading.nameOf,
    whisper: ephemeral,
  };
}

/** Before and after each call to Slack `at` is told which: `before post`, `after reply`. */
export function telling(at: (point: string) => void): (port: AlertPort) => AlertPort {
  const around = async <R>(what: string, call: () => Promise<R>): Promise<R> => {
    at(`before ${what}`);
    const answer = await call();
    at(`after ${what}`);
    return answer;
  };
  return (port) => ({
    ...port,
    post: (message) => around(message.threadTs === undefined ? 'post' : 'reply', () => port.post(message)),
    update: (message) => around('update', () => port.update(message)),
    find: (message) => around('find', () => port.find(message)),
  });
}
