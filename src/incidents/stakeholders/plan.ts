import type { DueTime } from '../../severities/decide.ts';
import type { Incident } from '../model.ts';
import { apart, isMention, type Ran } from '../updates/plan.ts';
import { type Clock, isStakeholder, responseKey } from './model.ts';

const minute = 60_000;
/** People are reminded so long before, and when a third of the time is left where that is sooner. */
const leadMs = 5 * minute;
/** The steps at which what is left is shown anew. */
const steps = [2, 5, 10, 15, 30, 60].map((minutes) => minutes * minute);
const lateAfterMs = minute;

type Stakeholder = Extract<DueTime, { name: 'stakeholder' }>;

/**
 * The clocks that change when other people must be told: those of another severity, or once PHI may be involved. Who was told
 * stays told, what is overdue stays overdue; whoever is new has their whole time from now. Pure.
 */
export function plannedClocks(before: readonly Clock[], wanted: readonly DueTime[], at: Date): Clock[] {
  const now = wanted.filter((each): each is Stakeholder => each.name === 'stakeholder');
  const planned = now.flatMap(({ key, stakeholder }): Clock[] => {
    const { who, how = '', decides = '', withinMs } = stakeholder;
    const was = before.find((clock) => clock.key === key);
    const fresh = new Date(at.getTime() + withinMs);
    if (!was || was.state === 'dropped') return [{ key, who, how, decides, fromAt: at, dueAt: fresh, state: 'due' }];
    if (was.state === 'done' || was.dueAt <= at) return [];
    const anew = new Date(was.fromAt.getTime() + withinMs);
    const dueAt = anew > at ? anew : was.dueAt < fresh ? was.dueAt : fresh;
    if (dueAt.getTime() === was.dueAt.getTime() && was.how === how && was.decides === decides) return [];
    const { remindedAt: _, ...rest } = was;
    return [{ ...rest, how, decides, dueAt }];
  });
  const gone = before.filter((clock) => {
    return isStakeholder(clock) && clock.state === 'due' && !now.some(({ key }) => key === clock.key);
  });
  return [...planned, ...gone.map((clock) => ({ ...clock, state: 'dropped' as const }))];
}

/** The clock of the response, from its severity's due times. */
export function responseClock(wanted: readonly DueTime[], fromAt: Date): Clock[] {
  return wanted.flatMap(({ name, at }): Clock[] => {
    if (name !== 'response') return [];
    return [{ key: responseKey, who: '', how: '', decides: '', fromAt, dueAt: at, state: 'due' }];
  });
}

/** What people are to be told of now. */
export interface Look {
  /** Their time is nearly over. */
  soon: Clock[];
  overdue: Clock[];
  /** Something of it should have been said over a minute ago. */
  late: boolean;
}

/** What has come due since it was looked at last: each is said once. `ran`: how much real time lies between two moments. Pure. */
export function lookAt(clocks: readonly Clock[], now: Date, ran: Ran = apart): Look {
  const running = clocks.filter(({ state }) => state === 'due');
  const overdue = running.filter(({ dueAt, overdueAt }) => !overdueAt && dueAt <= now);
  const soon = running.filter((clock) => {
    return isStakeholder(clock) && !clock.remindedAt && clock.dueAt > now && remindAt(clock) <= now;
  });
  const since = [...overdue.map(({ dueAt }) => dueAt), ...soon.map(remindAt)];
  return { soon, overdue, late: since.some((at) => ran(at, now) > lateAfterMs) };
}

/** When there is something to say, or to show, next; undefined = no more. Pure. */
export function nextLook(clocks: readonly Clock[], now: Date): Date | undefined {
  const moments = clocks
    .filter(({ state, overdueAt }) => state === 'due' && !overdueAt)
    .flatMap((clock) => {
      if (!isStakeholder(clock)) return [clock.dueAt];
      const shown = steps.map((ms) => new Date(clock.dueAt.getTime() - ms));
      return [clock.dueAt, ...shown, ...(clock.remindedAt ? [] : [remindAt(clock)])];
    });
  return moments.filter((at) => at > now).toSorted((a, b) => a.getTime() - b.getTime())[0];
}

function remindAt({ fromAt, dueAt }: Clock): Date {
  const third = (dueAt.getTime() - fromAt.getTime()) / 3;
  return new Date(dueAt.getTime() - Math.min(leadMs, third));
}

/** How much of the time is left, true until it is shown anew; undefined = more than an hour. Pure. */
export function leftAtMost({ dueAt }: Pick<Clock, 'dueAt'>, now: Date): number | undefined {
  const left = dueAt.getTime() - now.getTime();
  return steps.find((ms) => left <= ms);
}

/** Who is spoken to: the commander, else who acknowledged, else who declared, the first whom Slack can notify. Pure. */
export function whoAnswers({ roles, acknowledged, declaredBy }: Incident): string {
  const who = [roles.commander?.mention, acknowledged?.by, declaredBy.mention].filter((each) => each !== undefined);
  return who.find(isMention) ?? declaredBy.mention;
}
