import type { JobContext, JobHandler } from '../jobs/model.ts';
import type { Post } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import { isDeleted, isHomeless, triedAgain } from '../posting/failures.ts';
import { channelJob } from './channel/jobs.ts';
import { alarmFacts } from './escalation/alarm.ts';
import type { Incident } from './model.ts';
import type { IncidentPort, IncidentPorts } from './ports.ts';
import { postOnce } from './post-once.ts';
import { say } from './say.ts';
import * as rows from './store.ts';
import { incidentPost, notPagedPost, pagedAfterAllPost, wantsCommander } from './views/message.ts';

/**
 * Posts the one message of an incident where it is announced, and edits it until it shows how things stand; of a private one
 * nothing is announced. That nobody may have been paged is a post of its own besides: an edit notifies nobody.
 */
export function showHandler(ports: IncidentPorts, slack: IncidentPort): JobHandler<{ id: number }> {
  const { store, clock, jobs, severities } = ports;
  return async ({ id }, ctx) => {
    // What it shows stands in its channel, too; that waits for nothing here.
    const key = `channel:shown:${ctx.id}`;
    await store.transaction<unknown, unknown>((tx) => jobs.enqueue(tx, channelJob, { id }, { key }));
    const incident = await rows.findIncident(store.db(), id);
    if (!incident) return;
    // The message is there: an edit that Slack holds up must not hold back that nobody was paged.
    if (incident.message || incident.private) await showAlarm(incident, ctx);
    if (incident.private) return;
    try {
      await showMessage(incident, ctx);
    } catch (error) {
      if (!incident.message && error instanceof PortError) await showAlarm(incident, ctx);
      throw error;
    }
    if (!incident.message) await showAlarm(incident, ctx);
  };

  async function showMessage(incident: Incident, ctx: JobContext): Promise<void> {
    const { id, version, message } = incident;
    if (incident.shown >= version && message) return;
    const seen = { commander: wantsCommander(incident, severities.all) };
    const content = incidentPost(incident, clock.now(), seen);
    // One that was deleted is posted anew, as another message.
    const key = `incident:${id}${message ? `:after:${message.ts}` : ''}`;
    const channels = message ? [message.channel] : [ports.announceIn, incident.channel];
    const at = (await edited(message, content, slack)) ?? (await postIn(channels, key, content, incident, ctx));
    if (!at) return;
    // One that was posted before somebody could write that down says how things stood then.
    if ('earlier' in at && at.earlier) await edited(at, content, slack);
    await rows.setShown(store.db(), id, { version, channel: at.channel, ts: at.ts });
    // Pages are accepted and refused by jobs, which nobody waits for.
    ports.onChanged?.();
  }

  async function showAlarm(incident: Incident, ctx: JobContext): Promise<void> {
    const { id, notPaged, alarm } = incident;
    if (notPaged && !notPaged.said && !incident.acknowledged && !incident.resolved) {
      const name = `not-paged:${notPaged.at.getTime()}`;
      const facts = await alarmFacts(incident, ports);
      if (incident.private)
        await alarmInside(incident, name, notPagedPost(incident, facts, clock.now(), { inside: true }));
      const channels = placesOfAlarm(incident, ports.announceIn);
      const content = notPagedPost(incident, facts, clock.now());
      const at = await postIn(channels, `incident:${id}:${name}`, content, incident, ctx);
      if (at) await rows.setSaid(store.db(), id, { at: notPaged.at, channel: at.channel, ts: at.ts });
    } else if (!notPaged && alarm) {
      await edited(alarm, pagedAfterAllPost(incident, clock.now()), slack);
      await rows.setTakenBack(store.db(), id);
    }
  }

  /** Those in a private one get all of it. */
  async function alarmInside({ id }: Incident, key: string, post: Post): Promise<void> {
    const said = { id, key, to: 'incident' as const, post };
    await store.transaction<unknown, void>((tx) => say(tx, ports, said));
  }

  /** In the first of these channels that can be posted to; undefined: there is none. */
  async function postIn(
    channels: readonly (string | undefined)[],
    key: string,
    post: Post,
    { id, declaredAt }: Pick<Incident, 'id' | 'declaredAt'>,
    ctx: JobContext,
  ): Promise<Awaited<ReturnType<typeof postOnce>> | undefined> {
    const [first, ...others] = channels.filter((each) => each !== undefined);
    if (first === undefined) return undefined;
    try {
      return await postOnce({ id, channel: first, key, post }, declaredAt, { store, slack, ctx });
    } catch (error) {
      if (others.length === 0 || !isHomeless(error)) throw error;
      return postIn(others, key, post, { id, declaredAt }, ctx);
    }
  }
}

/** Outside a private one only those learn of it who may call somebody; without its own title. */
function placesOfAlarm(incident: Incident, announceIn: string | undefined): (string | undefined)[] {
  const { message, channel, home } = incident;
  const person = /^slack:([UW][A-Z0-9]+)$/.exec(incident.declaredBy.id)?.[1];
  if (incident.private) return [announceIn, person];
  return [...new Set([message?.channel, announceIn, channel, home?.channel, person])];
}

/** Undefined: there is no message that can be edited. */
export async function edited(message: Incident['message'], post: Post, slack: IncidentPort) {
  if (!message) return undefined;
  try {
    await slack.update({ ...message, post, patienceMs: 1_000 });
    return message;
  } catch (error) {
    if (isDeleted(error)) return undefined;
    throw triedAgain(error);
  }
}
