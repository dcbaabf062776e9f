import { z } from 'zod';
import { defineJob, type JobHandler } from '../../jobs/model.ts';
import { OpsError, PortError } from '../../kernel/errors.ts';
import type { Tx } from '../../store/store.ts';
import { type Asker, changeIncident } from '../change.ts';
import { kept } from '../given.ts';
import type { Incident } from '../model.ts';
import type { IncidentPort, Room } from '../ports.ts';
import { type Place, say } from '../say.ts';
import * as incidents from '../store.ts';
import { isChannelOpen, isLate, nextChase, planned, slackUserOf } from './decide.ts';
import type { FollowUp } from './followup-store.ts';
import * as rows from './followup-store.ts';
import { type Asked, ownerOf } from './followup-words.ts';
import { severityOf } from './papers.ts';
import { chasePost } from './views.ts';

/** Reminds whoever has a follow-up to do. */
export const chaseJob = defineJob({
  name: 'incidents.follow-up',
  schema: z.object({ followUp: z.number(), dueAt: z.string(), plannedAt: z.string() }),
  lane: 'messages',
  retry: { limit: 100, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ followUp }) => `follow-up ${followUp}`,
});
export type ChaseData = z.output<typeof chaseJob.schema>;

/** It is no deadline of the incident: it stands when that is reopened. */
const timerOf = (incident: number, id: number) => `incident/${incident}/followup/${id}`;

/** Writes it down, once per key. `known`: this key has. Throws OpsError `invalid`. */
export async function addFollowUp(
  asker: Asker,
  { id, key, words: given, owner, dueAt }: Asked & { id: number; key: string },
  room: Room,
): Promise<{ kind: 'added' | 'known'; incident: Incident; followUp: FollowUp }> {
  const words = kept(given.replace(/\s+/g, ' '), 500);
  if (words === '')
    throw new OpsError('invalid', 'What is to be done?', {
      hint: '`/ops followup INC-42 add index on orders @dba 14d`',
    });
  const { kind, incident } = await changeIncident(asker, id, room, async (tx, incident, at) => {
    const made = await rows.insertFollowUp(tx, {
      ...{ key, incident: incident.id, words, owner: kept(owner.id, 100), ownerMention: kept(owner.mention, 100) },
      ...{ dueAt, createdAt: at, createdBy: asker.by.id },
    });
    if (made === undefined) return { kind: 'known', audit: [] };
    await setTimer(tx, { id: made, incident: id, createdAt: at, dueAt }, at, room);
    const data = { followUp: made, owner: owner.id, dueAt };
    await incidents.addEvent(tx, id, { at, kind: 'followup', by: asker.by.id, words: `F-${made}: ${words}`, data });
    return { kind: 'added', audit: [{ action: 'incident.followup.add', after: { ...data, words } }] };
  });
  return { kind, incident, followUp: (await rows.followUpOfKey(room.store.db(), key))! };
}

/** It is done, or will not be, for a reason. `already`: it was closed before. Throws OpsError `not_found`, `invalid`. */
export async function closeFollowUp(
  asker: Asker,
  { followUp, reason: given }: { followUp: FollowUp; reason?: string | undefined },
  room: Room,
): Promise<{ kind: 'done' | 'dropped' | 'already'; incident: Incident }> {
  const reason = kept(given, 500);
  const state = given === undefined ? 'done' : 'dropped';
  if (state === 'dropped' && reason.length < 10)
    throw new OpsError('invalid', 'Why will it not be done?', { hint: 'in 10 characters or more: it is audited' });
  const { id, incident } = followUp;
  return changeIncident(asker, incident, room, async (tx, _incident, at) => {
    if (!(await rows.closeFollowUp(tx, id, { state, at, by: asker.by.mention, reason })))
      return { kind: 'already', audit: [] };
    await room.timers.cancel(tx, timerOf(incident, id));
    const words = `F-${id} ${state}${reason && `: ${reason}`}`;
    const data = { followUp: id, state };
    await incidents.addEvent(tx, incident, { at, kind: 'followup', by: asker.by.id, words, data });
    const audit = { action: `incident.followup.${state === 'done' ? 'done' : 'drop'}`, after: { followUp: id } };
    return { kind: state, audit: [{ ...audit, ...(reason && { reason }) }] };
  });
}

/** Reminds its owner, in a direct message where that is somebody, and sets the next reminder. */
export function chaseHandler(room: Room, slack: Pick<IncidentPort, 'mentionOf'>): JobHandler<ChaseData> {
  return async ({ followUp: id, ...data }, { log }) => {
    const seen = await rows.findFollowUp(room.store.db(), id, 'everything');
    const mention = seen && (await mentionOf(seen, slack));
    await room.store.transaction<unknown, void>(async (tx) => {
      const incident = seen && (await incidents.lockIncident(tx, seen.incident));
      const followUp = await rows.findFollowUp(tx, id, 'everything');
      const dueAt = new Date(data.dueAt);
      const plannedAt = new Date(data.plannedAt);
      const outcome = followUp?.state === 'open' ? planned(followUp, { dueAt, plannedAt }) : 'closed';
      if (outcome !== 'remind' || !followUp || !incident) {
        log.debug({ followUp: id, outcome }, 'nobody is reminded');
        return;
      }
      const at = room.clock.now();
      const quoted = !incident.phi && !incident.private;
      const shown = { ...followUp, ownerMention: mention ?? followUp.ownerMention };
      const how = { at, quoted, ...(isLate(plannedAt, at) && { plannedAt }) };
      const key = `followup:${id}:${dueAt.getTime()}:${plannedAt.getTime()}`;
      const to = placeFor(shown, incident, at, room);
      await say(tx, room, { id: incident.id, key, to, post: chasePost({ incident, followUp: shown }, how) });
      await rows.setChased(tx, id, at);
      await setTimer(tx, followUp, at, room);
    });
  };
}

/** Its owner; who is no person is reminded where they may see it: in the channel, and once that is archived by who wrote it down. */
function placeFor({ ownerMention, owner, createdBy }: FollowUp, incident: Incident, at: Date, room: Room): Place {
  const person = slackUserOf({ id: owner }) ?? slackUserOf(ownerOf(ownerMention) ?? { id: '' });
  if (person) return { person };
  const open = isChannelOpen(incident, severityOf(incident, room)?.archiveAfterMs, at);
  const creator = slackUserOf({ id: createdBy });
  if (open) return 'incident';
  return creator ? { person: creator } : 'announcement';
}

/** How `@dba` is mentioned; undefined where nobody has that name, or Slack doesn't say: then it is plain text. */
async function mentionOf({ owner }: FollowUp, slack: Pick<IncidentPort, 'mentionOf'>): Promise<string | undefined> {
  if (!owner.startsWith('@')) return undefined;
  try {
    return await slack.mentionOf(owner);
  } catch (error) {
    if (error instanceof PortError) return undefined;
    throw error;
  }
}

async function setTimer(
  tx: Tx,
  { id, incident, createdAt, dueAt }: Pick<FollowUp, 'id' | 'incident' | 'createdAt' | 'dueAt'>,
  after: Date,
  { timers }: Room,
): Promise<void> {
  const plannedAt = nextChase({ from: createdAt, dueAt }, after);
  const data = { followUp: id, dueAt: dueAt.toISOString(), plannedAt: plannedAt.toISOString() };
  await timers.set(tx, { key: timerOf(incident, id), dueAt: plannedAt, kind: chaseJob, data });
}
