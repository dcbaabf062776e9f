/** Slack's limits that are not about one block. Figures from Slack's documentation unless a line says measured. */

export const MESSAGE = {
  textChars: 40_000,
  updateTextChars: 4_000,
  metadataBytes: 8_000,
  attachments: 100,
};

/**
 * The undocumented cap behind `msg_blocks_too_long`. Measured by users: one markdown block passes up to 13,297 characters,
 * with a divider beside it up to 13,172, so every block costs 125.
 */
export const BLOCK_BUDGET = { chars: 13_422, perBlockChars: 125 };

export const VIEW = { stack: 3, bytes: 250_000 };

export const TRIGGER_LIFE_MS = 3_000;
export const ACK_DEADLINE_MS = 3_000;

/** Slack tries an event again nearly at once, after a minute and after five. */
export const EVENT_RETRY_DELAYS_MS = [0, 60_000, 300_000];

export const RESPONSE_URL = { uses: 5, lifeMs: 30 * 60_000 };

export const CHANNEL = { nameChars: 80, topicChars: 250, inviteUsers: 100, bookmarks: 100 };

export const SOCKETS_PER_APP = 10;

export const REQUEST_BYTES = 5_000_000;

/** Calls a minute that each tier guarantees. */
export const TIERS = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;
export type Tier = keyof typeof TIERS;

/** `chat.postMessage` has its own rule: one a second in each channel. */
export const POST_INTERVAL_MS = 1_000;

/** How much the workspace remembers of what passed, so that a long-running one stays small. */
export const KEPT = {
  calls: 10_000,
  deliveries: 10_000,
  triggers: 5_000,
  responseUrls: 5_000,
  choices: 5_000,
  ephemerals: 5_000,
};
