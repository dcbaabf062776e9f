import type { Tx } from '../../store/store.ts';
import type { Asker } from '../change.ts';
import type { Incident } from '../model.ts';
import type { Happened, Part } from '../part.ts';
import type { Room } from '../ports.ts';
import { say } from '../say.ts';
import * as rows from '../store.ts';
import { breachJob, breachSayJob, breachTimer } from './jobs.ts';
import type { Assessment, Version } from './model.ts';
import { planAnew } from './plan.ts';
import { remindHandler, seenOf } from './remind.ts';
import { offerAt } from './reminders.ts';
import { breachSayHandler } from './say.ts';
import * as store from './store.ts';
import { breachMarkdown } from './summary.ts';
import { type Assessing, assess, recordSent, type Sending } from './verbs.ts';
import { duePost } from './views.ts';

/** The assessment of a breach of PHI, and the notices that follow from it. */
export interface Breach {
  assess(asker: Asker, how: Assessing): Promise<Incident>;
  recordSent(asker: Asker, how: Sending): Promise<Incident>;
  /** Undefined: nobody ever said that PHI may be involved. */
  find(id: number): Promise<Assessment | undefined>;
  /** All answers ever given, newest first. */
  versions(id: number): Promise<Version[]>;
  /** What it has come to, in Markdown; undefined like `find`. */
  summary(id: number): Promise<string | undefined>;
  zone: string;
}

export function createBreach(room: Room): Part & Breach {
  const db = () => room.store.db();
  return {
    zone: room.team.zone,
    assess: (asker, how) => assess(asker, how, room),
    recordSent: (asker, how) => recordSent(asker, how, room),
    find: (id) => store.findAssessment(db(), id),
    versions: (id) => store.versionsOf(db(), id, 1_000),
    async summary(id) {
      const assessment = await store.findAssessment(db(), id);
      return assessment && breachMarkdown(assessment, { zone: room.team.zone, now: room.clock.now() });
    },
    follow: (tx, happened) => follow(tx, happened, room),
    register(jobs, slack) {
      jobs.handle(breachJob, remindHandler(room));
      jobs.handle(breachSayJob, breachSayHandler(room, slack));
    },
  };
}

async function follow(tx: Tx, { change, incident, at }: Happened, room: Room): Promise<void> {
  if (change === 'declared' && incident.phi) await begin(tx, incident, at, room);
  else if (change === 'phi') await (incident.phi ? begin(tx, incident, at, room) : drop(tx, incident, at, room));
}

/** The first moment at which PHI is said to be possible is when it was discovered, until somebody says that it was earlier. */
async function begin(tx: Tx, incident: Incident, at: Date, room: Room): Promise<void> {
  const { id } = incident;
  const dueAt = new Date(at.getTime() + room.breach.assessWithinMs);
  const isNew = await store.begin(tx, id, { at, dueAt });
  const assessment = await planAnew(tx, id, at, room);
  const words = isNew ? 'Discovered: a breach assessment is due' : 'The breach assessment is due again';
  await rows.addEvent(tx, id, { at, kind: 'breach', by: 'rounds', words });
  const post = duePost(seenOf(incident, room), assessment.dueAt);
  await say(tx, room, { id, key: `breach-due:${at.getTime()}`, to: 'announcement', post });
  const offer = { id, what: 'offer' as const, planned: offerAt(at).toISOString() };
  await room.timers.set(tx, { key: breachTimer(id, 'offer'), dueAt: offerAt(at), kind: breachJob, data: offer });
}

/** Nothing is asked any more. What was concluded stays: only another conclusion takes notices away. */
async function drop(tx: Tx, { id }: Incident, at: Date, room: Room): Promise<void> {
  if (!(await store.findAssessment(tx, id))) return;
  await store.setDropped(tx, id);
  await room.timers.cancel(tx, breachTimer(id, 'offer'));
  await planAnew(tx, id, at, room);
  await rows.addEvent(tx, id, { at, kind: 'breach', by: 'rounds', words: 'No PHI: the breach assessment is not due' });
}
