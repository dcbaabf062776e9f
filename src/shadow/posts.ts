import type { AlertPort } from '../alerts/model.ts';

/** What would have been posted to one channel. */
export interface ChannelPosts {
  channel: string;
  /** Messages of their own. */
  messages: number;
  /** Replies in threads that the channel shows, too: they call for somebody. */
  calls: number;
  /** Other replies in threads. */
  replies: number;
}

/** A port to Slack that only counts. */
export function countingPort(): { port: AlertPort; posts(): ChannelPosts[] } {
  const channels = new Map<string, ChannelPosts>();
  let posted = 0;
  return {
    posts: () => [...channels.values()].sort((a, b) => (a.channel < b.channel ? -1 : 1)),
    port: {
      async post({ channel, threadTs, broadcast }) {
        const counted = channels.get(channel) ?? { channel, messages: 0, calls: 0, replies: 0 };
        channels.set(channel, counted);
        if (threadTs === undefined) counted.messages += 1;
        else if (broadcast) counted.calls += 1;
        else counted.replies += 1;
        posted += 1;
        return { channel, ts: String(posted) };
      },
      find: async () => undefined,
      update: async () => {},
      channelId: async (channel) => channel,
      mentionOf: async () => undefined,
    },
  };
}
