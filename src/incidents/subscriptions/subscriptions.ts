import type { Post } from '../../kernel/command.ts';
import { OpsError } from '../../kernel/errors.ts';
import type { Tx } from '../../store/store.ts';
import { type Asker, changeIncident, noSuchIncident } from '../change.ts';
import type { Incident } from '../model.ts';
import type { Happened, Part } from '../part.ts';
import type { Room } from '../ports.ts';
import { say } from '../say.ts';
import * as incidents from '../store.ts';
import { newsPosts } from './posts.ts';
import * as rows from './rows.ts';

/** People who get every update, change of severity and resolution as a direct message. */
export interface Subscriptions {
  /** Throws OpsError `not_found` (also where it is private and they are not in it), `invalid` (nobody of Slack). */
  subscribe(asker: Asker, id: number): Promise<{ kind: 'subscribed' | 'already'; incident: Incident }>;
  /** Throws OpsError `not_found`. */
  unsubscribe(asker: Asker, id: number): Promise<{ kind: 'unsubscribed' | 'was_not'; incident: Incident }>;
  /** Their own, newest first. */
  mine(viewer: { id: string }): Promise<Incident[]>;
}

export function createSubscriptions(room: Room): Part & Subscriptions {
  const { store } = room;
  return {
    subscribe: (asker, id) =>
      changeIncident(asker, id, room, async (tx, _incident, at) => {
        await mustSee(tx, id, asker);
        if (slackIdOf(asker.by.id) === undefined)
          throw new OpsError('invalid', 'Only people of Slack get direct messages', {
            hint: '`/ops subscribe` in Slack',
          });
        if (!(await rows.subscribe(tx, id, { who: asker.by, at }))) return { kind: 'already', audit: [] };
        return { kind: 'subscribed', audit: [{ action: 'incident.subscribe' }] };
      }),
    unsubscribe: (asker, id) =>
      changeIncident(asker, id, room, async (tx) => {
        // Also from one that they may not see any more.
        const was = await rows.unsubscribe(tx, id, asker.by);
        if (was) return { kind: 'unsubscribed', audit: [{ action: 'incident.unsubscribe' }] };
        await mustSee(tx, id, asker);
        return { kind: 'was_not', audit: [] };
      }),
    async mine(viewer) {
      const db = store.db();
      const found: Incident[] = [];
      for (const id of await rows.subscriptionsOf(db, viewer.id)) {
        const incident = (await incidents.maySee(db, id, viewer)) && (await incidents.findIncident(db, id));
        if (incident) found.push(incident);
      }
      return found;
    },
    async follow(tx, happened) {
      const posts = newsPosts(happened);
      // Its version names what happened: each is told once.
      const { incident, change, by } = happened;
      if (posts) await tellSubscribers(tx, { incident, key: `${change}:${incident.version}`, by, ...posts }, room);
    },
  };
}

/** What is told to those who may know what is in it, and to all others. */
export interface News {
  incident: Incident;
  key: string;
  /** Knows it: who did it. */
  by: Happened['by'];
  whole: Post;
  neutral: Post;
}

/** Tells all who subscribed, but whoever did it; where PHI may be involved, and of a private one, only those in it learn what. */
export async function tellSubscribers(tx: Tx, news: News, room: Room): Promise<void> {
  const { incident, key, by, whole, neutral } = news;
  for (const { id, isMember } of await rows.subscribersOf(tx, incident.id)) {
    const person = slackIdOf(id);
    if (person === undefined || id === by.id) continue;
    const post = isMember || !(incident.phi || incident.private) ? whole : neutral;
    await say(tx, room, { id: incident.id, key: `subscriber:${key}`, to: { person }, post });
  }
}

async function mustSee(tx: Tx, id: number, { by }: Asker): Promise<void> {
  if (!(await incidents.maySee(tx, id, by))) throw noSuchIncident(id);
}

/** Slack's id of somebody who can get a direct message. */
function slackIdOf(id: string): string | undefined {
  return /^slack:([UW][A-Z0-9]+)$/.exec(id)?.[1];
}
