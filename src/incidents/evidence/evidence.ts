import type { z } from 'zod';
import type { JobHandler } from '../../jobs/model.ts';
import { OpsError, PortError } from '../../kernel/errors.ts';
import { newRequest } from '../../kernel/request.ts';
import { triedAgain } from '../../posting/failures.ts';
import type { Tx } from '../../store/store.ts';
import { type Asker, changeIncident } from '../change.ts';
import { kept } from '../given.ts';
import { type Incident, nameOf } from '../model.ts';
import type { Happened, Part } from '../part.ts';
import type { IncidentPort, Room } from '../ports.ts';
import { say } from '../say.ts';
import * as rows from '../store.ts';
import { type AuditOf, evidenceOf } from './export.ts';
import { exportJob, offerAfterMs, offerHoldJob, offerTimer } from './jobs.ts';
import { type Exported, type Hold, heldTypes, type Step, stepNames } from './model.ts';
import * as store from './store.ts';
import { exportedPost, holdPost, markedPost, notExportedPost, offerPost, releasedPost } from './views.ts';

const day = 86_400_000;
/** "x" is no reason. */
const leastReason = 10;

type Done<K extends string> = Promise<{ kind: K; incident: Incident }>;

/** Evidence on hold: what Rounds recorded of an incident is kept until somebody releases it. */
export interface Evidence {
  place(asker: Asker, id: number): Done<'placed' | 'already'>;
  /** Something is kept elsewhere, and where. Throws OpsError `invalid`. */
  mark(asker: Asker, how: { id: number; step: Step; reference: string }): Done<'marked'>;
  /** For approvers. Throws OpsError `invalid` without a reason. */
  release(asker: Asker, how: { id: number; reason: string }): Done<'released'>;
  /** The file comes into the incident's channel, some seconds later. Throws OpsError `invalid` where it has none. */
  exportToChannel(asker: Asker, id: number): Done<'exporting'>;
  /** The file itself, with all of the audit of that time; its hash is on record. */
  exportFile(asker: Asker, id: number): Promise<Exported>;
  find(id: number): Promise<Hold | undefined>;
  /** What must not be deleted or rolled up, for which incident. */
  windows(tx?: Tx): Promise<{ incident: number; from: Date; to?: Date }[]>;
}

export function createEvidence(room: Room): Part & Evidence {
  const db = () => room.store.db();
  return {
    place: (asker, id) => place(asker, id, room),
    mark: (asker, how) => mark(asker, how, room),
    release: (asker, how) => release(asker, how, room),
    exportToChannel: (asker, id) => exportToChannel(asker, id, room),
    async exportFile(asker, id) {
      const made = await fileOf(id, room.clock.now(), 'window', room);
      await record(asker, id, made, room);
      return made;
    },
    find: (id) => store.findHold(db(), id),
    windows: (tx = db()) => store.heldWindows(tx),
    follow: (tx, happened) => follow(tx, happened, room),
    register(jobs, slack) {
      jobs.handle(offerHoldJob, offerHandler(room));
      jobs.handle(exportJob, exportHandler(room, slack));
    },
  };
}

async function follow(tx: Tx, { change, incident, at }: Happened, { timers }: Room): Promise<void> {
  const { id, type } = incident;
  if (change !== 'declared' || !heldTypes.includes(type)) return;
  const dueAt = new Date(at.getTime() + offerAfterMs);
  await timers.set(tx, { key: offerTimer(id), dueAt, kind: offerHoldJob, data: { id } });
}

function offerHandler(room: Room): JobHandler<{ id: number }> {
  return ({ id }) =>
    room.store.transaction<unknown, void>(async (tx) => {
      const incident = await rows.lockIncident(tx, id);
      if (!incident || incident.resolved || (await store.findHold(tx, id))) return;
      await say(tx, room, { id, key: 'hold-offer', to: 'incident', post: offerPost(incident) });
    });
}

function place(asker: Asker, id: number, room: Room): Done<'placed' | 'already'> {
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    if (await store.findHold(tx, id)) return { kind: 'already', audit: [] };
    await store.placeHold(tx, id, { at, by: asker.by });
    const hold = (await store.findHold(tx, id))!;
    const words = `Evidence on hold, from ${hold.from.toISOString()} on`;
    await rows.addEvent(tx, id, { at, kind: 'evidence', by: asker.by.id, words });
    await say(tx, room, { id, key: `hold:${hold.id}`, to: 'incident', post: holdPost(incident, hold, at) });
    return { kind: 'placed', audit: [{ action: 'incident.hold.place', after: { from: hold.from } }] };
  });
}

function mark(
  asker: Asker,
  { id, step, reference: given }: { id: number; step: Step; reference: string },
  room: Room,
): Done<'marked'> {
  const reference = kept(given, 500);
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    const hold = await on(tx, incident);
    if (reference === '') throw new OpsError('invalid', 'Where is it?', { hint: 'The address of the bucket, its id' });
    const before = hold.done.find((each) => each.step === step);
    const done = { step, at, by: asker.by, reference };
    await store.markStep(tx, hold.id, done);
    const words = `${stepNames[step]}: ${reference}`;
    await rows.addEvent(tx, id, { at, kind: 'evidence', by: asker.by.id, words });
    const key = `hold:${hold.id}:${step}:${at.getTime()}`;
    await say(tx, room, { id, key, to: 'incident', post: markedPost(incident, done, at) });
    const after = { step, reference, ...(before && { before: before.reference }) };
    return { kind: 'marked', audit: [{ action: 'incident.hold.mark', after }] };
  });
}

function release(asker: Asker, { id, reason: given }: { id: number; reason: string }, room: Room): Done<'released'> {
  const reason = kept(given, 500);
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    const hold = await on(tx, incident);
    if ([...reason].length < leastReason)
      throw new OpsError('invalid', 'Say why the evidence need not be kept any more', {
        hint: `at least ${leastReason} characters`,
      });
    await store.releaseHold(tx, hold.id, { at, by: asker.by, reason });
    await rows.addEvent(tx, id, { at, kind: 'evidence', by: asker.by.id, words: `Hold released: ${reason}` });
    const post = releasedPost(incident, asker.by.mention, reason);
    await say(tx, room, { id, key: `hold:${hold.id}:released`, to: 'incident', post });
    return { kind: 'released', audit: [{ action: 'incident.hold.release', reason }] };
  });
}

async function on(tx: Tx, incident: Incident): Promise<Hold> {
  const hold = await store.findHold(tx, incident.id);
  if (hold) return hold;
  const name = nameOf(incident);
  throw new OpsError('invalid', `The evidence of ${name} is not on hold`, { hint: `\`/ops hold ${name}\`` });
}

function exportToChannel(asker: Asker, id: number, room: Room): Done<'exporting'> {
  return changeIncident(asker, id, room, async (tx, incident, at) => {
    const name = nameOf(incident);
    if (!incident.home)
      throw new OpsError('invalid', `${name} has no channel of its own to put the file into`, {
        hint: `\`npx rounds hold export ${name} > ${name}.jsonl\` in a terminal`,
      });
    await room.jobs.enqueue(tx, exportJob, { id, asOf: at.toISOString(), by: asker.by });
    return { kind: 'exporting', audit: [] };
  });
}

function exportHandler(room: Room, slack: IncidentPort): JobHandler<z.output<typeof exportJob.schema>> {
  return async ({ id, asOf, by }, { lastAttempt }) => {
    const incident = await rows.findIncident(room.store.db(), id);
    if (!incident?.home) return;
    try {
      const made = await fileOf(id, new Date(asOf), 'incident', room);
      const { name, bytes, sha256 } = made;
      const title = `${name} · SHA-256 ${sha256}`;
      const text = Buffer.from(bytes).toString('utf8');
      await slack.upload({ channel: incident.home.channel, pictures: [{ name, title, text, asItIs: true }] });
      await record({ by, request: newRequest() }, id, made, room, (tx) =>
        say(tx, room, { id, key: `export:${asOf}`, to: 'incident', post: exportedPost(incident, made, by.mention) }),
      );
    } catch (error) {
      const hopeless = error instanceof OpsError || (error instanceof PortError && !error.retryable);
      if (!hopeless && !lastAttempt) throw triedAgain(error);
      const why = error instanceof Error ? error.message : '';
      await room.store.transaction<unknown, void>((tx) =>
        say(tx, room, { id, key: `export:${asOf}`, to: 'incident', post: notExportedPost(incident, why) }),
      );
    }
  };
}

/** Of an incident without a hold, too: from a day before it was declared. */
async function fileOf(id: number, asOf: Date, audit: AuditOf, room: Room): Promise<Exported> {
  const incident = (await rows.findIncident(room.store.db(), id))!;
  const hold = await store.findHold(room.store.db(), id);
  const from = hold?.from ?? new Date(incident.declaredAt.getTime() - day);
  return evidenceOf({ incident, from, asOf, audit }, room);
}

/** Which file it was is on record, so that anybody can prove later that theirs is that one. */
async function record(
  asker: Asker,
  id: number,
  { name, lines, sha256, bytes }: Exported,
  room: Room,
  also: (tx: Tx) => Promise<void> = async () => {},
): Promise<void> {
  await changeIncident(asker, id, room, async (tx, _incident, at) => {
    const words = `Exported ${name}, ${lines} lines, SHA-256 ${sha256}`;
    await rows.addEvent(tx, id, { at, kind: 'evidence', by: asker.by.id, words, data: { name, lines, sha256 } });
    await also(tx);
    const after = { name, lines, bytes: bytes.length, sha256 };
    return { kind: 'exported', audit: [{ action: 'incident.evidence.export', after }] };
  });
}
