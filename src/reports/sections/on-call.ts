import { z } from 'zod';
import type { OnCallState, Reachable } from '../../directory/model.ts';
import { formatDuration } from '../../kernel/duration.ts';
import type { ReportLine, SectionResult } from '../model.ts';
import { defineReportSection } from '../section.ts';

/** PagerDuty is asked every 10 min: an older answer says who was on call. */
const oldAfterMs = 3_600_000;
const setUp = 'contacts.on-call in ops.yml, or PAGERDUTY_API_TOKEN';

/** Who would be called, and after whom. Numbers stay where they are. */
export default defineReportSection({
  name: 'on-call',
  summary: 'Who is on call now, and who comes next when they do not answer',
  options: z.strictObject({}),
  async run({ sources: { directory }, now }): Promise<SectionResult> {
    const [first, call, state] = await Promise.all([
      directory.people('on-call'),
      directory.toCall(),
      directory.state(),
    ]);
    const asked = state.answeredAt !== undefined || state.problem !== undefined;
    const present = first.filter(({ onCall }) => onCall?.current !== false);
    const next = call.filter((person) => !first.some(({ name }) => name === person.name));
    const unknown = asked ? whyUnknown(state, now) : undefined;
    const lines = linesOf({ present, next, call, asked, unknown });
    const names = present.map(nameOf).join(', ');
    return {
      title: 'On call',
      attention: lines.some(({ threadOnly }) => !threadOnly) ? 'act' : unknown === undefined ? 'none' : 'look',
      lines,
      ...(names !== '' && unknown === undefined && { brief: `on call ${names}` }),
      ...(unknown !== undefined && { unknown: [`${unknown}${names === '' ? '' : `; last known: ${names}`}`] }),
      ...(present.length + next.length > 0 && {
        tables: [
          {
            title: 'On call',
            columns: ['When', 'Who'],
            rows: [
              ...present.map((person) => ['now', nameOf(person)]),
              ...next.map((person, at) => [`next, ${at + 1}`, nameOf(person)]),
            ],
          },
        ],
      }),
    };
  },
});

function linesOf(known: {
  present: readonly Reachable[];
  next: readonly Reachable[];
  call: readonly Reachable[];
  asked: boolean;
  unknown: string | undefined;
}): ReportLine[] {
  const { present, next, call, asked, unknown } = known;
  if (present.length > 0) {
    const then = next.length > 0 ? `, then ${next.map(nameOf).join(', then ')}` : '';
    const now: ReportLine = { mark: 'info', text: `now ${present.map(nameOf).join(', ')}${then}`, threadOnly: true };
    const numberless = { mark: 'warn' as const, text: 'no number is known of anybody on call', next: setUp };
    return asked && call.length === 0 ? [numberless, now] : [now];
  }
  // Nothing was set up: that is no news of this morning.
  if (!asked) return [{ mark: 'info', text: 'nobody is set up as on call', next: setUp, threadOnly: true }];
  if (unknown !== undefined) return [];
  return [
    { mark: 'fail', text: 'nobody is on call: a page reaches nobody', next: 'look at the schedule in PagerDuty' },
  ];
}

function whyUnknown({ answeredAt, problem }: OnCallState, now: Date): string | undefined {
  if (answeredAt === undefined) return `who is on call could not be asked (${problem}): look at PAGERDUTY_API_TOKEN`;
  const age = now.getTime() - answeredAt.getTime();
  if (age <= oldAfterMs) return undefined;
  const why = problem === undefined ? '' : ` (${problem})`;
  return `who is on call was asked last ${formatDuration(age)} ago${why}: look at PAGERDUTY_API_TOKEN`;
}

/** A contact's own name says little: `on-call`. */
function nameOf({ name, slack, onCall }: Reachable): string {
  return onCall === undefined && slack !== undefined ? slack : name;
}
