import type { JobHandler } from '../jobs/model.ts';
import type { Post } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import type { Incident } from './model.ts';
import type { IncidentPort, IncidentPorts } from './ports.ts';
import { postOnce, triedAgain } from './post-once.ts';
import * as rows from './store.ts';
import { incidentPost, notPagedPost, pagedAfterAllPost } from './views/message.ts';

/** The channel itself can't be posted to; another one may. */
const homeless = ['channel_not_found', 'is_archived', 'not_in_channel', 'restricted_action'];
const deleted = ['message_not_found', 'cant_update_message', 'edit_window_closed'];

/**
 * Posts the one message of an incident, and edits it until it shows how things stand. That nobody may have been paged is a
 * post of its own besides: an edit notifies nobody.
 */
export function showHandler(ports: IncidentPorts, slack: IncidentPort): JobHandler<{ id: number }> {
  const { store, announceIn, clock } = ports;
  return async ({ id }, { attempt }) => {
    const incident = await rows.findIncident(store.db(), id);
    if (!incident) return;
    const channels = incident.message ? [incident.message.channel] : [announceIn, incident.channel];
    const [first, second] = channels.filter((each) => each !== undefined);
    if (first === undefined) return;
    // Whoever tried before may have posted it and ended before it was written down.
    const how = { again: attempt > 1, since: incident.declaredAt };
    const post = async (key: string, content: Post) => {
      try {
        return await postOnce({ channel: first, key, post: content }, how, slack);
      } catch (error) {
        if (second === undefined || !(error instanceof PortError) || !homeless.includes(error.reason)) throw error;
        return postOnce({ channel: second, key, post: content }, how, slack);
      }
    };
    if (incident.shown < incident.version || !incident.message) {
      const content = incidentPost(incident, clock.now());
      const at = (await edited(incident.message, content, slack)) ?? (await post(keyOf(incident), content));
      await rows.setShown(store.db(), id, { version: incident.version, ...at });
      // Pages are accepted and refused by jobs, which nobody waits for.
      ports.onChanged?.();
    }
    const { notPaged, alarm } = incident;
    if (notPaged && !notPaged.said && !incident.acknowledged && !incident.resolved) {
      const at = await post(`incident:${id}:not-paged:${notPaged.at.getTime()}`, notPagedPost(incident));
      await rows.setSaid(store.db(), id, { at: notPaged.at, ...at });
    } else if (!notPaged && alarm) {
      await edited(alarm, pagedAfterAllPost(incident, clock.now()), slack);
      await rows.setTakenBack(store.db(), id);
    }
  };
}

/** One that was deleted is posted anew, as another message. */
function keyOf({ id, message }: Incident): string {
  return `incident:${id}${message ? `:after:${message.ts}` : ''}`;
}

/** Undefined: there is no message that can be edited. */
async function edited(message: Incident['message'], post: Post, slack: IncidentPort) {
  if (!message) return undefined;
  try {
    await slack.update({ ...message, post });
    return message;
  } catch (error) {
    if (error instanceof PortError && deleted.includes(error.reason)) return undefined;
    throw triedAgain(error);
  }
}
