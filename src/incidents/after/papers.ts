import { z } from 'zod';
import { defineJob, type JobHandler } from '../../jobs/model.ts';
import { OpsError } from '../../kernel/errors.ts';
import { clocksAfter } from '../../severities/decide.ts';
import type { Tx } from '../../store/store.ts';
import { type Asker, changeIncident } from '../change.ts';
import { kept } from '../given.ts';
import { timersOf } from '../jobs.ts';
import { type Incident, nameOf } from '../model.ts';
import type { Room } from '../ports.ts';
import { say } from '../say.ts';
import * as incidents from '../store.ts';
import { isChannelOpen, isLate, nextReminder, personToAsk, reminding, slackUserOf } from './decide.ts';
import { closePaper, findPaper, type PaperKind, paperKinds, planPaper, setReminded } from './store.ts';
import { paperName, reminderPost } from './views.ts';

/** Reminds of what is to be written about an incident that is over. */
export const paperJob = defineJob({
  name: 'incidents.paper',
  schema: z.object({ id: z.number(), kind: z.enum(paperKinds), dueAt: z.string(), plannedAt: z.string() }),
  lane: 'messages',
  retry: { limit: 100, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id, kind }) => `incident ${id} ${kind}`,
});
export type PaperData = z.output<typeof paperJob.schema>;

const timerOf = (id: number, kind: PaperKind) => `${timersOf.after(id)}paper/${kind}`;

/** What its severity asks for is due from now on; of a false alarm nothing is. */
export async function planPapers(tx: Tx, incident: Incident, at: Date, room: Room): Promise<void> {
  const severity = severityOf(incident, room);
  if (!severity || incident.resolved?.falseAlarm) return;
  for (const { name, at: dueAt } of clocksAfter(severity, at)) {
    if (name !== 'report' && name !== 'postmortem') continue;
    await planPaper(tx, incident.id, { kind: name, dueAt });
    await setTimer(tx, { id: incident.id, kind: name, from: at, dueAt, after: at }, room);
  }
}

/** Reminds, and sets the next reminder, which backs off: whatever was missed meanwhile is one reminder. */
export function paperHandler(room: Room): JobHandler<PaperData> {
  return async ({ id, kind, ...data }, { log }) => {
    await room.store.transaction<unknown, void>(async (tx) => {
      const incident = await incidents.lockIncident(tx, id);
      const dueAt = new Date(data.dueAt);
      const plannedAt = new Date(data.plannedAt);
      const outcome = reminding({ dueAt, plannedAt }, { incident, paper: await findPaper(tx, id, kind) });
      if (outcome !== 'remind' || !incident?.resolved) {
        log.debug({ incident: id, kind, outcome }, 'nobody is reminded');
        return;
      }
      const at = room.clock.now();
      const who = personToAsk(incident);
      const user = who && slackUserOf(who);
      const post = reminderPost({ incident, kind, who, dueAt, at, ...(isLate(plannedAt, at) && { plannedAt }) });
      const key = `paper:${kind}:${dueAt.getTime()}:${plannedAt.getTime()}`;
      if (user) await say(tx, room, { id, key, to: { person: user }, post });
      const open = isChannelOpen(incident, severityOf(incident, room)?.archiveAfterMs, at);
      if (open) await say(tx, room, { id, key, to: 'incident', post });
      // Rather in the channel of announcements than to nobody.
      else if (!user) await say(tx, room, { id, key, to: 'announcement', post });
      await setReminded(tx, id, { kind, at });
      await setTimer(tx, { id, kind, from: incident.resolved.at, dueAt, after: at }, room);
    });
  };
}

/** It is written. `already`: it was, nothing was changed. Throws OpsError `invalid`, `conflict` while the incident is open. */
export async function paperDone(
  asker: Asker,
  { id, kind, link }: { id: number; kind: PaperKind; link: string },
  room: Room,
): Promise<{ kind: 'done' | 'already'; incident: Incident }> {
  const address = linkOf(link);
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (!incident.resolved) throw stillOpen(incident);
    const before = await findPaper(tx, id, kind);
    if (before?.state === 'done' && (address === '' || before.link === address)) return { kind: 'already', audit: [] };
    await closePaper(tx, id, { kind, state: 'done', at, by: asker.by.mention, link: address, reason: '' });
    await room.timers.cancel(tx, timerOf(id, kind));
    const words = `Written${address && `: ${address}`}`;
    await incidents.addEvent(tx, id, { at, kind, by: asker.by.id, words, data: { state: 'done', link: address } });
    return { kind: 'done', audit: [{ action: `incident.${kind}.done`, after: { link: address } }] };
  });
}

/** None is written, for a reason. Throws OpsError `invalid` without one, `conflict` while the incident is open. */
export async function noPaper(
  asker: Asker,
  { id, kind, reason: given }: { id: number; kind: PaperKind; reason: string },
  room: Room,
): Promise<{ kind: 'none' | 'already'; incident: Incident }> {
  const reason = kept(given, 500);
  if (reason.length < 10)
    throw new OpsError('invalid', `Why is there no ${paperName[kind]}?`, {
      hint: 'in 10 characters or more: it is audited',
    });
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (!incident.resolved) throw stillOpen(incident);
    if ((await findPaper(tx, id, kind))?.state === 'done') return { kind: 'already', audit: [] };
    await closePaper(tx, id, { kind, state: 'none', at, by: asker.by.mention, link: '', reason });
    await room.timers.cancel(tx, timerOf(id, kind));
    const words = `None: ${reason}`;
    await incidents.addEvent(tx, id, { at, kind, by: asker.by.id, words, data: { state: 'none' } });
    return { kind: 'none', audit: [{ action: `incident.${kind}.none`, reason }] };
  });
}

function linkOf(text: string): string {
  if (text === '') return '';
  const link = kept(text, 500);
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (url && ['https:', 'http:'].includes(url.protocol) && !url.username && !url.password) return link;
  throw new OpsError('invalid', 'That is no address of a page', {
    hint: 'https://wiki.example.com/inc-42, for example',
  });
}

async function setTimer(
  tx: Tx,
  { id, kind, from, dueAt, after }: { id: number; kind: PaperKind; from: Date; dueAt: Date; after: Date },
  { timers }: Room,
): Promise<void> {
  const plannedAt = nextReminder({ from, dueAt }, after);
  const data = { id, kind, dueAt: dueAt.toISOString(), plannedAt: plannedAt.toISOString() };
  await timers.set(tx, { key: timerOf(id, kind), dueAt: plannedAt, kind: paperJob, data });
}

export function severityOf({ severity }: Incident, { severities }: Room) {
  return severities.all.find(({ id }) => id === severity);
}

function stillOpen(incident: Incident): OpsError {
  return new OpsError('conflict', `${nameOf(incident)} is still open`, { hint: 'Resolve it first' });
}
