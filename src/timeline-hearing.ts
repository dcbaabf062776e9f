import type { Timeline } from './incidents/timeline/timeline.ts';
import type { Hearing } from './slack/hearing.ts';

/** What the timeline of incidents hears of Slack: reactions, who joins a channel, typed commands. */
export function timelineHearing(timeline: Timeline): Hearing {
  return {
    wants: timeline.wants,
    ran: timeline.ran,
    async reacted({ actor, name, channel, ts }, permissions) {
      const taken = await timeline.reacted({ by: actor, name, channel, ts }, permissions);
      if (taken !== 'denied') return undefined;
      const text =
        "Not added to the timeline: that takes the role responder. Ask one of the incident's people to flag it.";
      return { text, blocks: [{ type: 'context', elements: [{ type: 'mrkdwn', text }] }] };
    },
    joined: ({ who, by, channel }) =>
      timeline.joined({ who, by: by === 'bot' ? { id: 'rounds', mention: 'Rounds' } : by, channel }),
  };
}
