import { createHash } from 'node:crypto';
import { OpsError } from '../../kernel/errors.ts';
import type { Tx } from '../../store/store.ts';
import { type Asker, changeIncident } from '../change.ts';
import { kept } from '../given.ts';
import { type Incident, nameOf } from '../model.ts';
import type { Room } from '../ports.ts';
import * as rows from '../store.ts';
import { type Day, dayAt } from './days.ts';
import type { NoticeKind } from './deadlines.ts';
import { breachTimer } from './jobs.ts';
import { type Answers, type Assessment, conclusions, noticeNames } from './model.ts';
import { planAnew } from './plan.ts';
import { seenOf } from './remind.ts';
import { sayOfBreach } from './say.ts';
import * as store from './store.ts';
import { assessedPost, changesOf, elsewherePost, sentPost } from './views.ts';

const longest = { words: 3_000, name: 200 };
/** A dialog shows minutes. */
const minuteMs = 60_000;

export interface Assessing {
  id: number;
  /** The version that whoever answers has seen; 0 = none. */
  basedOn: number;
  answers: Answers;
  /** When it was known, or should have been; the reason is needed where that is another moment than before. */
  discovered?: { at: Date; reason: string };
}

/**
 * Answers the assessment: a new version, older ones stay. The notices are planned anew, and who must know is told.
 * Throws OpsError `invalid`, `conflict` (somebody answered meanwhile), `not_found`.
 */
export async function assess(asker: Asker, how: Assessing, room: Room): Promise<Incident> {
  const { id, basedOn } = how;
  const answers = keptAnswers(how.answers);
  const { incident } = await changeIncident(asker, id, room, async (tx, incident, at) => {
    const before = await begun(tx, incident);
    const version = before.newest?.version ?? 0;
    if (version !== basedOn)
      throw new OpsError('conflict', `${before.newest?.by.id} has answered meanwhile`, {
        hint: 'Open it again: what they answered is in it',
      });
    const moved = await moveDiscovery(tx, before, how.discovered);
    const sha256 = createHash('sha256').update(store.textOf(answers)).digest('hex');
    await store.addVersion(tx, id, { version: version + 1, at, by: asker.by, answers, sha256 });
    await room.timers.cancel(tx, breachTimer(id, 'offer'));
    const after = await planAnew(tx, id, at, room);
    const changes = changedBy(before, after);
    const words = `Assessment ${version + 1}: ${conclusions[answers.conclusion]}${changes.map((each) => `; ${each}`).join('')}`;
    await rows.addEvent(tx, id, { at, kind: 'breach', by: asker.by.id, words });
    const seen = seenOf(incident, room);
    const post = assessedPost(seen, after, changes);
    await sayOfBreach(tx, room, { id, key: `answers:${version + 1}`, post, elsewhere: elsewherePost(seen) });
    const { conclusion, individuals, states } = answers;
    const assessed = { version: version + 1, conclusion, individuals, states, sha256 };
    return { kind: 'assessed', audit: [...moved, { action: 'incident.breach.assess', after: assessed }] };
  });
  return incident;
}

export interface Sending {
  id: number;
  kind: NoticeKind;
  on: Day;
  confirmation: string;
}

/**
 * Somebody sent a notice: outside of Rounds, which sends none. One recorded before is corrected; both stay on record.
 * Throws OpsError `invalid`, `not_found`.
 */
export async function recordSent(asker: Asker, { id, kind, on, ...how }: Sending, room: Room): Promise<Incident> {
  const confirmation = kept(how.confirmation, longest.name);
  const { incident } = await changeIncident(asker, id, room, async (tx, incident, at) => {
    // Also where somebody said since that no PHI is involved: what was sent was sent.
    const before = await store.findAssessment(tx, incident.id);
    if (!before) throw noAssessment(incident);
    const notice = before.notices.find((each) => each.kind === kind);
    if (!notice)
      throw new OpsError('invalid', `No ${lower(noticeNames[kind])} is planned for ${nameOf(incident)}`, {
        hint: before.notices.length > 0 ? before.notices.map((each) => each.kind).join(', ') : 'Conclude first: breach',
      });
    if (on > dayAt(at, room.team.zone)) throw new OpsError('invalid', `${on} is still to come`);
    await store.addSent(tx, id, { kind, on, confirmation, at, by: asker.by });
    const after = await planAnew(tx, id, at, room);
    const changes = changesOf(before.notices, after.notices);
    const words = `${noticeNames[kind]} sent ${on}${confirmation && `, confirmation ${confirmation}`}`;
    await rows.addEvent(tx, id, { at, kind: 'breach', by: asker.by.id, words });
    const seen = seenOf(incident, room);
    const post = sentPost(seen, after.notices.find((each) => each.kind === kind)!, changes);
    await sayOfBreach(tx, room, { id, key: `sent:${kind}:${at.getTime()}`, post, elsewhere: elsewherePost(seen) });
    const audited = { kind, on, confirmation, dueOn: notice.dueOn, ...(notice.sent && { corrects: notice.sent.on }) };
    return { kind: 'sent', audit: [{ action: 'incident.breach.sent', after: audited }] };
  });
  return incident;
}

async function begun(tx: Tx, incident: Incident): Promise<Assessment> {
  const found = await store.findAssessment(tx, incident.id);
  if (found && !found.dropped) return found;
  throw noAssessment(incident);
}

export function noAssessment(incident: { id: number }): OpsError {
  return new OpsError('invalid', `${nameOf(incident)} has no breach assessment: nobody says that PHI may be involved`, {
    hint: `\`/ops incident phi ${nameOf(incident)} yes\` begins one`,
  });
}

/** Only towards the past, and never without a reason: the law's clock begins with it. */
async function moveDiscovery(tx: Tx, { id, discoveredAt, phiAt }: Assessment, given: Assessing['discovered']) {
  if (!given || Math.abs(given.at.getTime() - discoveredAt.getTime()) < minuteMs) return [];
  if (given.at.getTime() >= phiAt.getTime() + minuteMs)
    throw new OpsError('invalid', 'It was not discovered later than that: PHI was said to be possible before', {
      hint: `${phiAt.toISOString()} or earlier`,
    });
  const reason = kept(given.reason, longest.words);
  if (reason === '')
    throw new OpsError('invalid', 'Why was it known, or should have been known, then?', { hint: 'A sentence will do' });
  const at = given.at < phiAt ? given.at : phiAt;
  await store.setDiscovered(tx, id, at);
  return [{ action: 'incident.breach.discovered', after: { before: discoveredAt, discovered: at }, reason }];
}

function changedBy(before: Assessment, after: Assessment): string[] {
  const was = before.newest?.answers.conclusion;
  const is = after.newest?.answers.conclusion;
  const conclusion = was && is && was !== is ? [`${conclusions[was]} → ${conclusions[is]}`] : [];
  return [...conclusion, ...changesOf(before.notices, after.notices)];
}

function keptAnswers(given: Answers): Answers {
  const factors = Object.entries(given.factors).map(([name, words]) => [name, kept(words, longest.words)]);
  return {
    ...given,
    factors: Object.fromEntries(factors),
    ...(given.plan !== undefined && { plan: kept(given.plan, longest.words) }),
    ...(given.delay && { delay: { ...given.delay, official: kept(given.delay.official, longest.name) } }),
  };
}

function lower(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
