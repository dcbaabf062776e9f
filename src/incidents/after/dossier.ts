import { searchAudit } from '../../audit/search.ts';
import { noSuchIncident } from '../change.ts';
import type { By, Incident, IncidentEvent } from '../model.ts';
import type { ChecksPast, Room } from '../ports.ts';
import * as incidents from '../store.ts';
import { mentioned, type NameOf } from '../timeline/words.ts';
import { type FollowUp, listFollowUps } from './followup-store.ts';
import { type Paper, papersOf } from './store.ts';

const hourMs = 3_600_000;
const mostRows = 1_000;

/** Something that somebody did through Rounds while the incident ran. */
export interface Act {
  at: Date;
  actor: string;
  action: string;
  target: string;
}

/** All that is known of an incident, for what is written about it. */
export interface Dossier {
  incident: Incident;
  events: IncidentEvent[];
  members: By[];
  papers: Paper[];
  followUps: FollowUp[];
  /** An hour before the declaration up to the end, or now. */
  span: { from: Date; to: Date };
  notOk: Awaited<ReturnType<ChecksPast['notOk']>>;
  /** On the incident itself, from the declaration on; oldest first. */
  own: Act[];
  /** On anything else within the span, other incidents left out; oldest first. */
  meanwhile: Act[];
  /** More was recorded than is shown. */
  cut: boolean;
  /** What the breach assessment says, where there is one. */
  breach: string | undefined;
  /** What people are called, as far as Slack tells. */
  nameOf: NameOf;
}

/** What other parts know. */
export interface Known {
  /** What the breach assessment came to, in Markdown; undefined = nobody ever said that PHI may be involved. */
  breach(id: number): Promise<string | undefined>;
  /** What people are called, by their ids. */
  names(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** Reads it all. Throws OpsError `not_found`. */
export async function dossierOf(id: number, room: Room, known: Known): Promise<Dossier> {
  const { store, clock, checksPast } = room;
  const db = store.db();
  const incident = await incidents.findIncident(db, id);
  if (!incident) throw noSuchIncident(id);
  const from = new Date(startOf(incident).getTime() - hourMs);
  const to = incident.resolved?.at ?? clock.now();
  const [events, members, papers, followUps, notOk, own, meanwhile] = await Promise.all([
    incidents.eventsOf(db, id),
    incidents.membersOf(db, id),
    papersOf(db, id),
    listFollowUps(db, { incident: id, viewer: 'everything', most: 500, openOnly: false }),
    checksPast?.notOk(from, to) ?? [],
    searchAudit(store, { target: `incident/${id}`, limit: mostRows }),
    searchAudit(store, { since: from, until: to, limit: mostRows }),
  ]);
  // A part of a target is found too: incident/4 in incident/42.
  const ownActs = actsOf(own.rows).filter(({ target }) => target === `incident/${id}`);
  const otherActs = actsOf(meanwhile.rows).filter(({ target }) => !target.startsWith('incident/'));
  const names = await known.names([
    ...mentioned([...events, ...textsOf(incident, followUps)]),
    ...[incident.declaredBy, ...members, ...Object.values(incident.roles)].map((person) => person.id),
    ...[...ownActs, ...otherActs].map(({ actor }) => actor),
  ]);
  return {
    ...{ incident, events, members, papers, followUps, notOk, span: { from, to } },
    ...{ own: ownActs, meanwhile: otherActs, cut: own.more || meanwhile.more },
    breach: await known.breach(id),
    nameOf: (person) => names.get(person),
  };
}

/** Words outside of the events that may mention somebody. */
function textsOf({ known, resolved, declaredBy }: Incident, followUps: readonly FollowUp[]) {
  const { words = '', cause = '', prevention = '' } = resolved ?? {};
  const texts = [known, words, cause, prevention, ...followUps.map((each) => `${each.words} ${each.ownerMention}`)];
  return texts.map((text) => ({ by: declaredBy.id, words: text ?? '' }));
}

/** When it began as far as anybody knows: what it was declared from may be older than the declaration. Pure. */
export function startOf({ origin, declaredAt }: Incident): Date {
  const known = origin?.kind === 'message' ? origin.at : origin?.kind === 'check' ? origin.since : undefined;
  const at = known === undefined ? Number.NaN : Date.parse(known);
  return Number.isNaN(at) || at > declaredAt.getTime() ? declaredAt : new Date(at);
}

function actsOf(rows: Awaited<ReturnType<typeof searchAudit>>['rows']): Act[] {
  return rows
    .flatMap(({ at, recorded }) => {
      if (!recorded) return [];
      const { actor, action, target } = recorded;
      return [{ at, actor, action, target }];
    })
    .reverse();
}
