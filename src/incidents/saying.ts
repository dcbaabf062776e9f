import type { z } from 'zod';
import type { JobHandler } from '../jobs/model.ts';
import type { Post } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import { isHomeless } from '../posting/failures.ts';
import { loseHome } from './home.ts';
import { type Incident, nameOf } from './model.ts';
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
      const since = new Date(said.since);
      // In the thread of the announcement everybody reads: what is withheld there is said once in a while, not each time.
      const withheld = to === 'incident' && isOverheard(incident, at);
      const what = withheld ? withheldOf(incident, since) : { key: `${said.key}@${to}`, post };
      const place = said.quiet ? { ...at, broadcast: false } : at;
      await postOnce({ ...place, id, ...what }, since, once);
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

/** Whether others than those in the incident's own channel read there what PHI may be in. */
export function isOverheard({ phi, home }: Incident, { channel }: { channel: string }): boolean {
  return phi && channel !== home?.channel;
}

const withheldEachMs = 15 * 60_000;

/** That there is something, for those who may not read it there. */
function withheldOf(incident: Incident, at: Date): { key: string; post: Post } {
  const name = nameOf(incident);
  const text = `${name}: there is news for its channel. As PHI may be involved, it is not told in this thread: \`/ops incident ${name}\` shows how things stand`;
  const key = `incident:${incident.id}:withheld:${Math.floor(at.getTime() / withheldEachMs)}`;
  return { key, post: { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] } };
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
  // It was over before it had a channel, and gets none.
  if (isPrivate && incident.resolved) return undefined;
  const waits = isPrivate || (to === 'incident' && incident.phi && homeProblem === undefined && !incident.resolved);
  const broadcast = to === 'announcement';
  if (message && !waits) return { channel: message.channel, threadTs: message.ts, ...(broadcast && { broadcast }) };
  if (!waits && announceIn === undefined && incident.channel === undefined) return undefined;
  throw new PortError('not_posted_yet', 'where it is said is not there yet', { retryable: true });
}
