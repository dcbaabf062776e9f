import type { PageOptions, PlayClock } from './page/options.ts';
import type { WebhookTarget } from './phone/webhooks.ts';
import type { Clock } from './world.ts';

export interface WorkspaceOptions {
  port?: number;
  host?: string;
  /** Moves triggers, response_urls and timestamps; network deadlines stay real. */
  clock?: Clock;
  /** Moves timestamps instead of `clock`, and can be moved from the page. */
  playClock?: PlayClock;
  /** Of triggers, response_urls, rates and signatures. Default: the system's beside a `playClock`, else `clock`. */
  realClock?: Clock;
  /** People get a page at `/`: loopback only. */
  page?: PageOptions;
  /**
   * A JSON file in which the team, its channels and groups, the newest 2,000 messages of each channel, uploads (20 MB) and
   * the phone's pages, e-mails, text messages and calls outlive a restart. Tokens, dialogs, home tabs and ephemeral messages are not in it.
   */
  file?: string;
  /** Begin as a new workspace, whatever is in the file. */
  afresh?: boolean;
  /** Nothing is written before this resolves: only then is the folder known to be nobody else's. */
  keepFrom?: Promise<void>;
  /** Hears of what went wrong in the workspace itself, in words. */
  warn?: (message: string) => void;
  /** Where the phone tells what happens to a page, as PagerDuty's webhook v3. */
  pagerDutyWebhook?: WebhookTarget;
  /** The app's slash commands; others are unknown to Slack. */
  commands?: string[];
  /** Event types the app subscribed to. */
  eventTypes?: string[];
  /** False = the app has not turned its home tab on. */
  homeTab?: boolean;
  /** How long the app may take to acknowledge. */
  ackDeadlineMs?: number;
  /** When unacknowledged events are sent again. */
  retryDelaysMs?: number[];
}

/** What an operations bot hears of unless it says otherwise. */
export const defaultEventTypes = [
  'app_mention',
  'app_home_opened',
  'user_change',
  'subteam_updated',
  'subteam_members_changed',
];
