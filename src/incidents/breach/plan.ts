import type { Tx } from '../../store/store.ts';
import type { Room } from '../ports.ts';
import { dayAt } from './days.ts';
import { noticeKinds, noticesOf } from './deadlines.ts';
import { breachJob, breachTimer } from './jobs.ts';
import { type Assessment, concluded, type Notice } from './model.ts';
import { nextOfAssessment, nextOfNotice } from './reminders.ts';
import * as store from './store.ts';

/**
 * Plans the notices anew as the answers are now, and sets what reminds of them. Resolves to the assessment with them.
 * In the caller's transaction, which has locked the incident.
 */
export async function planAnew(tx: Tx, id: number, at: Date, room: Room): Promise<Assessment> {
  const { timers, team } = room;
  const assessment = (await store.findAssessment(tx, id))!;
  const individualsToldOn = (await store.sentOf(tx, id)).get('individuals');
  const { newest, discoveredAt } = assessment;
  const discoveredOn = dayAt(discoveredAt, team.zone);
  const told = individualsToldOn === undefined ? {} : { individualsToldOn };
  const breach = newest && concluded(assessment) === 'breach';
  await store.setNotices(tx, id, breach ? noticesOf({ ...newest.answers, discoveredOn, ...told }) : []);
  const planned = (await store.findAssessment(tx, id))!;
  for (const kind of noticeKinds) {
    const notice = planned.notices.find((each) => each.kind === kind);
    if (!notice || notice.sent) await timers.cancel(tx, breachTimer(id, kind));
    else await remindOf(tx, id, notice, at, room);
  }
  if (concluded(planned) === 'not_yet' && !planned.dropped) await remindToAssess(tx, planned, at, room);
  else await timers.cancel(tx, breachTimer(id, 'assess'));
  return planned;
}

export async function remindOf(tx: Tx, id: number, { kind, dueOn }: Notice, after: Date, room: Room): Promise<void> {
  const dueAt = nextOfNotice(dueOn, after, room.team.zone);
  const data = { id, what: kind, planned: dueAt.toISOString() };
  await room.timers.set(tx, { key: breachTimer(id, kind), dueAt, kind: breachJob, data });
}

export async function remindToAssess(tx: Tx, assessment: Assessment, after: Date, room: Room): Promise<void> {
  const { id } = assessment;
  const dueAt = nextOfAssessment(assessment.dueAt, after);
  const data = { id, what: 'assess' as const, planned: dueAt.toISOString() };
  await room.timers.set(tx, { key: breachTimer(id, 'assess'), dueAt, kind: breachJob, data });
}
