import type { z } from 'zod';
import type { JobHandler } from '../jobs/model.ts';
import { PortError } from '../kernel/errors.ts';
import { isHomeless } from './failures.ts';
import { loseHome } from './home.ts';
import type { Incident } from './model.ts';
import type { IncidentPort, Room } from './ports.ts';
import { postOnce } from './post-once.ts';
import type { sayJob } from './say.ts';
import * as rows from './store.ts';

/** Says one thing where it belongs. Where the channel of an incident can't be used, in the thread of its message. */
export function sayHandler(ports: Room, slack: IncidentPort): JobHandler<z.output<typeof sayJob.schema>> {
  return async (said, ctx) => {
    const { store, announceIn } = ports;
    const { id, to, post } = said;
    const once = { store, slack, ctx };
    const sayIn = async (incident: Incident) => {
      const at = placeOf(incident, to, announceIn);
      if (!at || (said.inside && at.threadTs !== undefined)) return;
      await postOnce({ ...at, id, key: `${said.key}@${to}`, post }, new Date(said.since), once);
    };
    const incident = await rows.findIncident(store.db(), id);
    if (!incident || (said.whileOpen && incident.resolved)) return;
    try {
      await sayIn(incident);
    } catch (error) {
      if (to !== 'incident' && to !== 'announcement' && isGone(error)) {
        ports.log.warn({ err: error, incident: id, person: to }, 'somebody can be told nothing any more');
        return ports.unreached({ id, person: `slack:${to}` });
      }
      const lost = to === 'incident' && incident.home && incident.homeProblem === undefined && !incident.private;
      if (!lost || !isHomeless(error)) throw error;
      await loseHome(id, error.reason, ports);
      await sayIn((await rows.findIncident(store.db(), id))!);
    }
  };
}

/** Slack knows them no longer, or never lets a bot write to them: no other try will reach them. */
const gone = ['user_not_found', 'users_not_found', 'user_not_visible', 'user_disabled', 'cannot_dm_bot'];

function isGone(error: unknown): boolean {
  return error instanceof PortError && gone.includes(error.reason);
}

/** Undefined: it is said nowhere. Throws PortError while the place is not there yet. */
export function placeOf(
  incident: Incident,
  to: string,
  announceIn: string | undefined,
): { channel: string; threadTs?: string; broadcast?: boolean } | undefined {
  const { home, homeProblem, message } = incident;
  const isPrivate = incident.private;
  if (to !== 'incident' && to !== 'announcement') return { channel: to };
  if (to === 'announcement' && isPrivate) return undefined;
  // Of a private one only its channel may know: it waits until somebody has mended that.
  if (to === 'incident' && home && (isPrivate || homeProblem === undefined)) return { channel: home.channel };
  if (isPrivate && homeProblem !== undefined) return undefined;
  const waits = isPrivate || (to === 'incident' && incident.phi && homeProblem === undefined);
  // It was over before it had a channel, and gets none any more.
  if (waits && !home && incident.resolved) return undefined;
  const broadcast = to === 'announcement';
  if (message && !waits) return { channel: message.channel, threadTs: message.ts, ...(broadcast && { broadcast }) };
  if (!waits && announceIn === undefined && incident.channel === undefined) return undefined;
  throw new PortError('not_posted_yet', 'where it is said is not there yet', { retryable: true });
}
