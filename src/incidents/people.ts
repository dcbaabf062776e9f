import { OpsError, PortError } from '../kernel/errors.ts';
import type { By } from './model.ts';
import type { IncidentPort } from './ports.ts';

const hint = 'Name one person: @anna';

/**
 * Whom somebody means: a mention, `@anna`, or Slack's id. `asker`: whoever asks, for `me`. Throws OpsError `not_found`,
 * `invalid`, `unavailable`.
 */
export async function personMeant(
  text: string,
  asker: By,
  slack: Pick<IncidentPort, 'mentionOf'> | undefined,
): Promise<By> {
  if (/^@?me$/i.test(text)) return asker;
  const id = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(text)?.[1] ?? /^@?([UW][A-Z0-9]{6,})$/.exec(text)?.[1];
  if (id !== undefined) return personOf(id);
  if (/^<!subteam/.test(text)) throw new OpsError('invalid', 'That is a group', { hint });
  const name = text.startsWith('@') ? text : `@${text}`;
  if (!slack)
    throw new OpsError('unavailable', `No bot runs here that could ask Slack who ${name} is`, {
      hint: "Give Slack's id of them: U0123ABCD",
    });
  const mention = await slack.mentionOf(name).catch((error: unknown) => {
    if (!(error instanceof PortError)) throw error;
    throw new OpsError('unavailable', `Slack doesn't say who ${name} is`, { hint: 'Try again', cause: error });
  });
  const found = /^<@([UW][A-Z0-9]+)>$/.exec(mention ?? '')?.[1];
  if (found !== undefined) return personOf(found);
  if (mention !== undefined) throw new OpsError('invalid', `${name} is a group`, { hint });
  throw new OpsError('not_found', `There is no ${name}, or more than one`, { hint });
}

/** By Slack's id. */
export function personOf(user: string): By {
  return { id: `slack:${user}`, mention: `<@${user}>` };
}

/** Slack's id of somebody who can get a direct message. */
export function slackIdOf({ id }: { id: string }): string | undefined {
  return /^slack:([UW][A-Z0-9]+)$/.exec(id)?.[1];
}
