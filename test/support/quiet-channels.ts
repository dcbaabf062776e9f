import type { ChannelPort, IncidentPort } from '../../src/incidents/ports.ts';

/**
 * Channels of incidents, and what stands in them and in threads, are taken and forgotten: for tests of something else that run
 * a thousand times. What is announced goes where it went.
 */
export function quietChannels(port: IncidentPort): IncidentPort {
  let made = 0;
  const forgotten = async () => {};
  const channels: ChannelPort = {
    create: async ({ name }) => ({ id: `CQUIET${++made}`, name }),
    made: async () => undefined,
    look: async () => undefined,
    personOf: async () => undefined,
    ...{ setTopic: forgotten, invite: forgotten, pin: forgotten, bookmark: forgotten },
    ...{ archive: forgotten, unarchive: forgotten },
  };
  const isQuiet = (channel: string) => channel.startsWith('CQUIET');
  return {
    ...port,
    channels,
    async post(message) {
      if (!isQuiet(message.channel) && message.threadTs === undefined) return port.post(message);
      return { channel: message.channel, ts: `${++made}.000001` };
    },
    update: (message) => (isQuiet(message.channel) ? forgotten() : port.update(message)),
    find: async (message) => (isQuiet(message.channel) ? undefined : port.find(message)),
  };
}
