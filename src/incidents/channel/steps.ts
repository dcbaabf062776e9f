import type { JobContext } from '../../jobs/model.ts';
import { OpsError, PortError } from '../../kernel/errors.ts';
import { isDeleted, isHomeless, isRefused, triedAgain } from '../../posting/failures.ts';
import type { Tx } from '../../store/store.ts';
import { showJob } from '../jobs.ts';
import type { IncidentPort, Room } from '../ports.ts';
import { postOnce } from '../post-once.ts';
import { say } from '../say.ts';
import * as incidents from '../store.ts';
import { joinIncident } from '../timeline/members.ts';
import { incidentPost, wantsCommander } from '../views/message.ts';
import { create, find } from './create.ts';
import { type Scene, type StepName, toInvite } from './decide.ts';
import { channelTopic } from './name.ts';
import { notificationFacts } from './notification.ts';
import * as rows from './rows.ts';
import { offerPost, textPost } from './views.ts';

/** What a step is taken with. */
export interface Act {
  scene: Scene;
  room: Room;
  slack: IncidentPort;
  ctx: JobContext;
  /** Right before an effect: throws when another process has the job now, or the bot stops. */
  goOn(): Promise<void>;
}

/** Each step does its part again without harm; throws PortError. */
export const steps: Record<StepName, (act: Act) => Promise<void>> = {
  create,
  find,
  look,
  unarchive,
  topic: async ({ scene: { incident }, room, slack, goOn }) => {
    const topic = channelTopic(incident);
    await goOn();
    await slack.channels.setTopic(homeOf(incident), topic);
    await rows.setTopic(room.store.db(), incident.id, topic);
  },
  'on-call': onCall,
  invite,
  bookmark: async ({ scene: { incident, kept }, room, slack, goOn }) => {
    const link = kept.links.find(({ state }) => state === 'wanted');
    if (!link) return;
    const set = (state: rows.Link['state']) => rows.setLink(room.store.db(), incident.id, link.url, state);
    await goOn();
    try {
      await slack.channels.bookmark(homeOf(incident), link);
      await set('there');
    } catch (error) {
      // After an unclear answer it may be there: rather none than two.
      if (error instanceof PortError && error.reason === 'unconfirmed') return set('there');
      if (isRefused(error) && error.reason !== 'missing_scope' && !isHomeless(error)) return set('refused');
      throw error;
    }
  },
  summary,
  pin: async ({ scene: { incident, kept }, room, slack, goOn }) => {
    if (!kept.summary) return;
    await goOn();
    await slack.channels.pin(homeOf(incident), kept.summary.ts);
    await rows.setPinned(room.store.db(), incident.id, kept.summary.ts);
  },
  notify: (act) => once(act, ({ notified }) => notified, notify),
  offer: (act) => once(act, ({ offered }) => offered === act.scene.severity?.id, offer),
  archive: async ({ scene: { incident }, room, slack, goOn }) => {
    await goOn();
    await slack.channels.archive(homeOf(incident));
    await room.store.transaction<unknown, void>(async (tx) => {
      // In the order in which whoever reopens it locks.
      await incidents.lockIncident(tx, incident.id);
      await rows.setArchived(tx, incident.id, true);
      await rows.setArchiveDue(tx, incident.id, false);
      await rows.setHomeProblem(tx, incident.id, 'it is archived');
      const at = room.clock.now();
      await incidents.addEvent(tx, incident.id, { at, kind: 'channel', by: 'rounds', words: 'archived' });
    });
  },
};

/** The one message in the channel that shows how things stand: posted once, edited from then on. */
async function summary({ scene: { incident, kept }, room, slack, ctx, goOn }: Act): Promise<void> {
  const { id, version } = incident;
  const channel = homeOf(incident);
  const seen = { inside: true, commander: wantsCommander(incident, room.severities.all) };
  const post = incidentPost(incident, room.clock.now(), seen);
  const keep = (ts: string) => rows.setSummary(room.store.db(), id, { ts, shown: version });
  if (kept.summary) {
    await goOn();
    try {
      await slack.update({ channel, ts: kept.summary.ts, post });
      return await keep(kept.summary.ts);
    } catch (error) {
      if (!isDeleted(error)) throw error;
    }
  }
  const key = `incident:${id}:summary${kept.summary ? `:after:${kept.summary.ts}` : ''}`;
  const once = { store: room.store, slack, ctx };
  const { ts, earlier } = await postOnce({ id, channel, key, post }, incident.declaredAt, once);
  // One that was posted before somebody could write that down says how things stood then: it is edited next.
  await rows.setSummary(room.store.db(), id, { ts, shown: earlier ? 0 : version });
}

/** Those whom PagerDuty pages first, as far as Slack knows their addresses. */
async function onCall({ scene: { incident }, room, slack, ctx }: Act): Promise<void> {
  const onCalls = (await room.paging.onCalls?.now(undefined, ctx.signal)) ?? [];
  const first = onCalls.filter(({ level }) => level === 1);
  const emails = [...new Set(first.flatMap(({ email }) => email ?? []))].slice(0, 20);
  const people: string[] = [];
  for (const email of emails) {
    const person = await slack.channels.personOf(email);
    if (person !== undefined) people.push(person);
  }
  await room.store.transaction<unknown, void>((tx) => rows.setOnCall(tx, incident.id, people));
}

/** All at once; when Slack refuses that, each alone, so that one who has left keeps nobody out. */
async function invite(act: Act): Promise<void> {
  const { scene, slack, goOn } = act;
  const { incident } = scene;
  const channel = homeOf(incident);
  const people = toInvite(scene).slice(0, 100);
  await goOn();
  try {
    await slack.channels.invite(channel, people);
    for (const person of people) await isInvited(person, act);
    return;
  } catch (error) {
    if (!isAboutPeople(error)) throw error;
  }
  for (const person of people) {
    await goOn();
    await inviteOne(person, channel, act);
  }
}

/** Who can read the channel of a private incident is in it. */
async function isInvited(person: string, { scene: { incident }, room }: Act): Promise<void> {
  const { id } = incident;
  if (incident.private) {
    const who = { id: `slack:${person}`, mention: `<@${person}>` };
    await joinIncident({ who, by: { id: 'rounds', mention: 'Rounds' }, channel: homeOf(incident) }, room);
  }
  await rows.setPerson(room.store.db(), id, person, 'invited');
}

async function inviteOne(person: string, channel: string, act: Act): Promise<void> {
  const { scene, room, slack } = act;
  const { id } = scene.incident;
  try {
    await slack.channels.invite(channel, [person]);
    return await isInvited(person, act);
  } catch (error) {
    if (!isAboutPeople(error)) throw error;
    await room.store.transaction<unknown, void>(async (tx) => {
      const words = `slack:${person} could not be invited: ${error.reason}`;
      await rows.setPerson(tx, id, person, 'refused');
      await incidents.addEvent(tx, id, { at: room.clock.now(), kind: 'channel', by: 'rounds', words });
    });
  }
}

/** Slack refuses some of them, not the whole. */
function isAboutPeople(error: unknown): error is PortError {
  return isRefused(error) && error.reason !== 'missing_scope' && !isHomeless(error);
}

/** Puts something into the queue, once: that it did is written in the same transaction. */
async function once(
  { scene, room }: Act,
  isDone: (kept: rows.Kept) => boolean,
  put: (tx: Tx, scene: Scene, room: Room) => Promise<void>,
): Promise<void> {
  await room.store.transaction<unknown, void>(async (tx) => {
    await incidents.lockIncident(tx, scene.incident.id);
    const kept = await rows.readKept(tx, scene.incident.id);
    if (kept && !isDone(kept)) await put(tx, scene, room);
  });
}

async function notify(tx: Tx, { incident, severity }: Scene, room: Room): Promise<void> {
  const { id, home } = incident;
  await rows.setNotified(tx, id);
  if (!severity) return;
  const tell = async (to: 'incident' | 'announcement') => {
    const facts = notificationFacts(incident, severity, { zone: room.team.zone, inside: to === 'incident' });
    const post = textPost(room.messages.slack(severity.messages.notification, facts));
    // The message above it was posted a moment ago: the channel need not read it twice.
    await say(tx, room, { id, key: 'notification', to, post, quiet: true });
  };
  try {
    if (home && incident.homeProblem === undefined) await tell('incident');
    if (!incident.private) await tell('announcement');
  } catch (error) {
    // A template that an operator broke since the start; the message of the incident stands without it.
    if (!(error instanceof OpsError)) throw error;
    room.log.error({ err: error, incident: id }, 'the notification of an incident could not be written');
  }
}

async function offer(tx: Tx, { incident: { id }, severity }: Scene, room: Room): Promise<void> {
  if (!severity) return;
  await rows.setOffered(tx, id, severity.id);
  await say(tx, room, { id, key: `offer:${severity.id}`, to: 'incident', post: offerPost(severity) });
}

/** Somebody may have mended it: opened it again, or invited the bot. */
async function look({ scene: { incident }, room, slack }: Act): Promise<void> {
  const found = await slack.channels.look(homeOf(incident));
  if (!found || found.isArchived || !found.isMember)
    throw new PortError('still_away', 'the channel can not be used yet', { retryable: false });
  await room.store.transaction<unknown, void>(async (tx) => {
    await rows.setHomeName(tx, incident.id, found.name);
    await rows.setHomeProblem(tx, incident.id, undefined);
    await room.jobs.enqueue(tx, showJob, { id: incident.id });
  });
}

/** Bots may not, says Slack today; then people can, and the bot goes on in it once it is in it again. */
async function unarchive({ scene: { incident }, room, slack, goOn }: Act): Promise<void> {
  const { id } = incident;
  await goOn();
  const done = await slack.channels.unarchive(homeOf(incident)).then(
    () => true,
    (error: unknown) => {
      if (!isRefused(error)) throw triedAgain(error);
      return false;
    },
  );
  await room.store.transaction<unknown, void>(async (tx) => {
    await rows.setArchived(tx, id, false);
    if (done) {
      await rows.setHomeProblem(tx, id, undefined);
      await room.jobs.enqueue(tx, showJob, { id });
      return;
    }
    if (incident.private) return;
    const until = incident.phi ? 'Until then no details are told, as PHI may be involved' : 'Until then in this thread';
    const text = `<#${homeOf(incident)}> is archived, and Slack lets only people open it again: unarchive it and invite Rounds, then it goes on there. ${until}`;
    const post = { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] };
    const to = incident.phi ? 'announcement' : 'incident';
    await say(tx, room, { id, key: `unarchive:${incident.version}`, to, post });
  });
}

function homeOf({ home }: Scene['incident']): string {
  if (!home) throw new Error('a step inside a channel that is not there');
  return home.channel;
}
