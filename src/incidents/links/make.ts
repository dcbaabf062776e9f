import type { JobHandler } from '../../jobs/model.ts';
import { ranMs } from '../../kernel/clock.ts';
import { PortError } from '../../kernel/errors.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { newRequest } from '../../kernel/request.ts';
import type { Tx } from '../../store/store.ts';
import type { Ticket, Tracker } from '../../tickets/model.ts';
import { changeIncident } from '../change.ts';
import { type Incident, nameOf } from '../model.ts';
import type { Room } from '../ports.ts';
import { say } from '../say.ts';
import * as rows from '../store.ts';
import { draftOf, resolvedWords } from './draft.ts';
import * as store from './store.ts';

const rounds = { id: 'rounds', mention: 'Rounds' };
/** Nothing was made: the request never left, or was refused. */
const notMade = ['unreachable', 'rate_limited', 'unauthorized', 'forbidden', 'not_found', 'refused', 'moved'];

/** What there is to do about a ticket that should be made, as things stand. Pure. */
export function making(
  incident: Incident | undefined,
  row: store.TicketRow | undefined,
): 'nothing' | 'linked' | 'look' | 'ask' {
  if (!incident || row?.state !== 'making') return 'nothing';
  if (incident.links?.ticket) return 'linked';
  return row.askedAt ? 'look' : 'ask';
}

/**
 * Makes the ticket. After an unclear answer it is looked up before it is asked for again, and only once the tracker must
 * show it. What no other try can help is said in the incident's channel.
 */
export function ticketHandler(room: Room): JobHandler<{ id: number }> {
  const { store: database, clock } = room;
  return async ({ id }, { signal, lastAttempt, stillMine }) => {
    const { tracker } = room.links;
    const incident = await rows.findIncident(database.db(), id);
    const row = await store.findTicket(database.db(), id);
    const step = making(incident, row);
    if (!incident || !row || !tracker || step === 'nothing') return;
    if (step === 'linked') return store.setTicketState(database.db(), id, { state: 'made' });
    try {
      const there = row.askedAt && (await tracker.find(row.marker, row.askedAt, signal));
      if (there) return await keep(id, there, room);
      if (row.askedAt) waitToSettle(ranMs(clock, row.askedAt, clock.now()), tracker);
      if (!(await stillMine())) return;
      await store.setAsked(database.db(), id, clock.now());
      await keep(id, await tracker.create(draftOf(incident, row.marker), signal), room);
    } catch (error) {
      if (!(error instanceof PortError) || error.reason === 'stopped') throw error;
      if (notMade.includes(error.reason) && !row.askedAt) await store.setAsked(database.db(), id, undefined);
      if (error.retryable && !lastAttempt) throw error;
      await giveUp(incident, error, tracker, room);
    }
  };
}

function waitToSettle(sinceMs: number, { settlesInMs, name }: Tracker): void {
  const retryAfterMs = settlesInMs - sinceMs;
  if (retryAfterMs <= 0) return;
  throw new PortError('unconfirmed', `${name} may show it later`, { retryable: true, retryAfterMs });
}

async function keep(id: number, ticket: Ticket, room: Room): Promise<void> {
  const { name, url, key } = ticket;
  await changeIncident({ by: rounds, request: newRequest() }, id, room, async (tx, incident, at) => {
    await store.setTicketState(tx, id, { state: 'made', key });
    // Somebody linked another meanwhile: theirs stands.
    if (incident.links?.ticket) return { kind: 'there', audit: [] };
    await store.setTicketLink(tx, id, { name, url });
    await rows.addEvent(tx, id, { at, kind: 'ticket', by: rounds.id, words: `Ticket ${name}: ${url}` });
    return { kind: 'made', audit: [{ action: 'incident.ticket', after: { name, url } }], change: 'links' };
  });
}

async function giveUp(incident: Incident, error: PortError, { name }: Tracker, room: Room): Promise<void> {
  const { id } = incident;
  await room.store.transaction<unknown, void>(async (tx: Tx) => {
    await rows.lockIncident(tx, id);
    const at = room.clock.now();
    await store.setTicketState(tx, id, { state: 'refused' });
    await rows.addEvent(tx, id, { at, kind: 'ticket', by: rounds.id, words: `No ticket: ${error.message}` });
    const next = `→ Once that is mended, \`/ops ticket ${nameOf(incident)}\` tries again; \`/ops ticket ${nameOf(incident)} URL\` links one that you made`;
    const text = `No ticket in ${name} for ${nameOf(incident)}: ${escapeSlack(error.message)}`;
    const post = { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `${text}\n${next}` } }] };
    await say(tx, room, { id, key: `ticket:${at.getTime()}`, to: 'incident', post });
  });
}

/** Where it is not known whether the comment arrived, none is better than two. */
export function commentHandler(room: Room): JobHandler<{ id: number }> {
  return async ({ id }, { signal, log }) => {
    const { tracker } = room.links;
    const incident = await rows.findIncident(room.store.db(), id);
    const row = await store.findTicket(room.store.db(), id);
    if (!tracker || !incident?.resolved || row?.key === undefined || row.tracker !== tracker.name) return;
    try {
      await tracker.comment(row.key, resolvedWords(incident), signal);
    } catch (error) {
      if (!(error instanceof PortError) || (error.retryable && error.reason !== 'unconfirmed')) throw error;
      log.warn({ err: error, incident: id }, 'the ticket does not say that the incident is over');
    }
  };
}
