import type { z } from 'zod';
import type { JobHandler } from '../../jobs/model.ts';
import { ranMs } from '../../kernel/clock.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import type { Tx } from '../../store/store.ts';
import type { Incident } from '../model.ts';
import type { Room } from '../ports.ts';
import * as rows from '../store.ts';
import { breachJob, breachTimer } from './jobs.ts';
import { concluded } from './model.ts';
import { remindOf, remindToAssess } from './plan.ts';
import { missedSince, nextOfAssessment, nextOfNotice, remindOfAssessment, remindOfNotice } from './reminders.ts';
import { sayOfBreach } from './say.ts';
import * as store from './store.ts';
import { assessmentReminder, elsewherePost, noticeReminder, offerPost, type Seen } from './views.ts';

type Due = z.output<typeof breachJob.schema>;

/** A reminder kept later than this says so. */
const lateMs = 60_000;
/** How long the channel of an incident is waited for. */
const patienceMs = 3_600_000;

/** Reminds of what is due, as things stand now, and sets the next reminder. A pause or the end of the incident changes nothing. */
export function remindHandler(room: Room): JobHandler<Due> {
  return ({ id, what, planned }) =>
    room.store.transaction<unknown, void>(async (tx) => {
      const incident = await rows.lockIncident(tx, id);
      if (!incident) return;
      const seen = seenOf(incident, room);
      if (what === 'offer') await offer(tx, seen, new Date(planned), room);
      else if (what === 'assess') await ofAssessment(tx, seen, new Date(planned), room);
      else await ofNotice(tx, seen, what, new Date(planned), room);
    });
}

export function seenOf(incident: Incident, room: Room): Seen {
  const who = [room.breach.contact, incident.roles.commander?.mention].filter((each) => each !== undefined);
  return { incident, who: [...new Set(who)].join(' '), now: room.clock.now(), zone: room.team.zone };
}

async function offer(tx: Tx, seen: Seen, planned: Date, room: Room): Promise<void> {
  const { id } = seen.incident;
  const assessment = await store.findAssessment(tx, id);
  if (!assessment || assessment.dropped || concluded(assessment) !== 'not_yet' || assessment.newest) return;
  // Where there is no channel of its own, everybody was told already; of a private one nobody was.
  if (!seen.incident.home && !seen.incident.private) return offerLater(tx, id, planned, room);
  const key = `offer:${assessment.phiAt.getTime()}`;
  await sayOfBreach(tx, room, { id, key, post: offerPost(seen, assessment), elsewhere: elsewherePost(seen) });
}

/** Slack may be away: its channel may come yet. */
async function offerLater(tx: Tx, id: number, planned: Date, { timers, clock }: Room): Promise<void> {
  const now = clock.now().getTime();
  if (now - planned.getTime() > patienceMs) return;
  const data = { id, what: 'offer' as const, planned: planned.toISOString() };
  await timers.set(tx, {
    key: breachTimer(id, 'offer'),
    dueAt: new Date(now + patienceMs / 12),
    kind: breachJob,
    data,
  });
}

async function ofAssessment(tx: Tx, seen: Seen, planned: Date, room: Room): Promise<void> {
  const { id } = seen.incident;
  const assessment = await store.findAssessment(tx, id);
  const decision = remindOfAssessment(assessment, seen.now);
  if (!assessment || decision.kind !== 'remind') return;
  const late = lateWords(planned, seen.now, room, (after) => nextOfAssessment(assessment.dueAt, after));
  const post = assessmentReminder(seen, assessment, decision.left, late);
  await sayOfBreach(tx, room, { id, key: `assess:${planned.getTime()}`, post, elsewhere: elsewherePost(seen) });
  await remindToAssess(tx, assessment, seen.now, room);
}

async function ofNotice(
  tx: Tx,
  seen: Seen,
  kind: Exclude<Due['what'], 'offer' | 'assess'>,
  planned: Date,
  room: Room,
): Promise<void> {
  const { id } = seen.incident;
  const { zone } = seen;
  const notice = (await store.findAssessment(tx, id))?.notices.find((each) => each.kind === kind);
  const decision = remindOfNotice(notice, seen.now, zone);
  if (!notice || decision.kind !== 'remind') return;
  const late = lateWords(planned, seen.now, room, (after) => nextOfNotice(notice.dueOn, after, zone));
  const post = noticeReminder(seen, notice, decision.left, late);
  await sayOfBreach(tx, room, { id, key: `${kind}:${planned.getTime()}`, post, elsewhere: elsewherePost(seen) });
  await remindOf(tx, id, notice, seen.now, room);
}

/** What was missed while nobody ran is one reminder, which says so. */
function lateWords(planned: Date, now: Date, { clock }: Room, next: (after: Date) => Date): string {
  const missed = missedSince(planned, now, next);
  if (missed === 0 && ranMs(clock, planned, now) <= lateMs) return '';
  const more = missed === 0 ? '' : `; ${missed} more ${missed === 1 ? 'was' : 'were'} missed`;
  return `Late: planned for ${slackTime(planned, now)}${more}`;
}
