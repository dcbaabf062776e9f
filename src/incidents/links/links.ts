import { randomUUID } from 'node:crypto';
import type { JobHandler } from '../../jobs/model.ts';
import { OpsError } from '../../kernel/errors.ts';
import { newRequest } from '../../kernel/request.ts';
import type { Tx } from '../../store/store.ts';
import { type Asker, changeIncident } from '../change.ts';
import type { Incident } from '../model.ts';
import type { Happened, Part } from '../part.ts';
import type { Room } from '../ports.ts';
import * as rows from '../store.ts';
import { ticketAfterMs, ticketCommentJob, ticketDueJob, ticketJob, ticketTimer } from './jobs.ts';
import { linkOf, nameOfLink } from './link.ts';
import { commentHandler, ticketHandler } from './make.ts';
import * as store from './store.ts';

const hour = 3_600_000;

/** Where else an incident is: its ticket, and the call in which people talk. */
export interface Links {
  /** Makes a ticket, some seconds later. `there`: it has one. Throws OpsError `invalid` without a tracker, and for a drill. */
  makeTicket(asker: Asker, id: number): Promise<{ kind: 'making' | 'there'; incident: Incident }>;
  /** One that somebody made, in any tracker. Throws OpsError `invalid`. */
  linkTicket(asker: Asker, how: { id: number; url: string }): Promise<{ kind: 'linked'; incident: Incident }>;
  /** Undefined takes it away. Throws OpsError `invalid`. */
  setBridge(asker: Asker, how: { id: number; url: string | undefined }): Promise<{ kind: 'set'; incident: Incident }>;
  /** GitHub, Jira, Linear; undefined = none is configured. */
  tracker: string | undefined;
}

export function createLinks(room: Room): Part & Links {
  return {
    tracker: room.links.tracker?.name,
    makeTicket: (asker, id) => makeTicket(asker, id, room),
    linkTicket: async (asker, { id, url }) => linkTicket(asker, { id, url: linkOf(url) }, room),
    setBridge: async (asker, { id, url }) => setBridge(asker, { id, url: url === undefined ? url : linkOf(url) }, room),
    follow: (tx, happened) => follow(tx, happened, room),
    register(jobs) {
      jobs.handle(ticketJob, ticketHandler(room));
      jobs.handle(ticketDueJob, dueHandler(room));
      jobs.handle(ticketCommentJob, commentHandler(room));
    },
  };
}

function makeTicket(asker: Asker, id: number, room: Room): Promise<{ kind: 'making' | 'there'; incident: Incident }> {
  const { tracker } = room.links;
  return changeIncident(asker, id, room, async (tx, incident) => {
    if (incident.links?.ticket) return { kind: 'there', audit: [] };
    if (!tracker)
      throw new OpsError('invalid', 'No tracker is configured', {
        hint: '`ticket:` in ops.yml names one; `/ops ticket INC-42 URL` links a ticket of any other',
      });
    if (incident.drill)
      throw new OpsError('invalid', 'A drill: nobody outside is told, so no ticket is made', {
        hint: '`/ops ticket INC-42 URL` links one',
      });
    const row = await store.findTicket(tx, id);
    if (row?.state === 'making') return { kind: 'making', audit: [] };
    await store.beginTicket(tx, id, { tracker: tracker.name, marker: randomUUID(), state: 'making' });
    await room.timers.cancel(tx, ticketTimer(id));
    await room.jobs.enqueue(tx, ticketJob, { id });
    return { kind: 'making', audit: [{ action: 'incident.ticket.make', after: { tracker: tracker.name } }] };
  });
}

function linkTicket(asker: Asker, { id, url }: { id: number; url: string }, room: Room) {
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    const name = nameOfLink(url);
    await store.setTicketLink(tx, id, { name, url });
    await room.timers.cancel(tx, ticketTimer(id));
    await rows.addEvent(tx, id, { at, kind: 'ticket', by: asker.by.id, words: `Ticket ${name}: ${url}` });
    const after = { name, url, ...(incident.links?.ticket && { before: incident.links.ticket.url }) };
    return { kind: 'linked' as const, audit: [{ action: 'incident.ticket', after }], change: 'links' };
  });
}

function setBridge(asker: Asker, { id, url }: { id: number; url: string | undefined }, room: Room) {
  return changeIncident(asker, id, room, async (tx, _incident, at) => {
    await store.setBridgeLink(tx, id, url);
    const words = url === undefined ? 'No bridge' : `Bridge: ${url}`;
    await rows.addEvent(tx, id, { at, kind: 'note', by: asker.by.id, words });
    return { kind: 'set' as const, audit: [{ action: 'incident.bridge', after: { url } }], change: 'links' };
  });
}

async function follow(tx: Tx, { change, incident, at }: Happened, room: Room): Promise<void> {
  const { id } = incident;
  if (change === 'declared' && room.links.bridge !== undefined) await store.setBridgeLink(tx, id, room.links.bridge);
  if (['declared', 'severity', 'reopened'].includes(change)) await planTicket(tx, incident, at, room);
  if (change === 'resolved' && (await store.findTicket(tx, id))?.key !== undefined)
    await room.jobs.enqueue(tx, ticketCommentJob, { id });
}

/** One that must be answered within the hour gets its ticket by itself, where nobody makes one before. */
async function planTicket(tx: Tx, incident: Incident, at: Date, room: Room): Promise<void> {
  const { id, drill, links, severity } = incident;
  const response = room.severities.all.find((each) => each.id === severity)?.response;
  const urgent = response?.kind === 'within' && response.ms <= hour;
  if (!room.links.auto || !room.links.tracker || drill || links?.ticket || !urgent) return;
  const dueAt = new Date(at.getTime() + ticketAfterMs);
  await room.timers.set(tx, { key: ticketTimer(id), dueAt, kind: ticketDueJob, data: { id } });
}

function dueHandler(room: Room): JobHandler<{ id: number }> {
  return async ({ id }) => {
    const incident = await rows.findIncident(room.store.db(), id);
    if (!incident || incident.resolved || incident.drill) return;
    await makeTicket({ by: { id: 'rounds', mention: 'Rounds' }, request: newRequest() }, id, room);
  };
}
