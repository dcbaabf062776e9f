import type { Mistake } from '../config/mistake.ts';
import { formatDuration } from '../kernel/duration.ts';
import { everPages, longestMs, mustPage } from './assemble.ts';
import type { LevelWay, Recipient, ResponseTime, Way } from './model.ts';
import type { SeverityFile } from './schema.ts';

/** Slack off hours is read in the morning: a response time up to this long can't wait for it. */
const slackOffHoursAboveMs = 4 * 60 * 60_000;

/** What a severity's keys say that can't hold together, whatever each says alone. */
export function judgeSeverity(file: SeverityFile): Mistake[] {
  return [...judgeWays(file), ...judgeEscalation(file), ...judgeStakeholders(file)];
}

function judgeWays({ page, response_time }: SeverityFile): Mistake[] {
  const named = typeof page === 'string' ? { hours: page, off_hours: page } : page;
  const wrong = (['hours', 'off_hours'] as const).flatMap((when): Mistake[] => {
    const allowed = waysAllowed(response_time, when);
    if (allowed.includes(named[when])) return [];
    const path = typeof page === 'string' ? ['page'] : ['page', when];
    const where = typeof page === 'string' && when === 'hours' ? '' : when === 'hours' ? ' in hours' : ' off hours';
    return [{ path, found: `${named[when]}${where}, ${inWords(response_time)}`, allowed: remedy(allowed) }];
  });
  // One word is one mistake.
  return typeof page === 'string' ? wrong.slice(0, 1) : wrong;
}

/**
 * The ways that can meet a response time. Up to 60 min: a page at any hour. Above: an e-mail too, and in hours Slack, where
 * people see it. Off hours Slack is left for what may wait more than 4 h, or for the next business day.
 */
function waysAllowed(response: ResponseTime, when: 'hours' | 'off_hours'): Way[] {
  if (mustPage(response)) return ['page'];
  const slack = when === 'hours' || longestMs(response) > slackOffHoursAboveMs;
  return slack ? ['page', 'email', 'slack'] : ['page', 'email'];
}

function inWords(response: ResponseTime): string {
  const time = response.kind === 'within' ? formatDuration(response.ms) : 'the next business day';
  return `which can't meet a response_time of ${time}`;
}

function remedy(allowed: Way[]): string {
  return allowed.length === 1
    ? 'page: a response_time up to 1 h pages at any hour'
    : 'page or email: slack off hours takes a response_time above 4 h';
}

function judgeEscalation({ escalation: { by, levels }, page }: SeverityFile): Mistake[] {
  const mistakes = levels.flatMap((level, at) => {
    const path = ['escalation', 'levels', at];
    const before = levels[at - 1];
    const early: Mistake[] =
      before === undefined || level.after >= before.after
        ? []
        : [
            {
              path: [...path, 'after'],
              found: `${formatDuration(level.after)}, before the level above it`,
              allowed: `levels in their order: at least ${formatDuration(before.after)}`,
            },
          ];
    const unfit = level.to.filter(({ kind }) => !reached[level.way].includes(kind));
    return [
      ...early,
      ...unfit.map(({ name }): Mistake => {
        const allowed = `for ${level.way}: ${reached[level.way].map((kind) => kindsInWords[kind]).join(', or ')}`;
        return { path: [...path, 'to'], found: `"${name}"`, allowed };
      }),
    ];
  });
  const path = ['escalation'];
  if (by === 'rounds' && levels.length === 0)
    mistakes.push({ path, found: 'by: rounds, and no levels', allowed: 'at least one level, or by: pagerduty' });
  if (by === 'pagerduty' && levels.length > 0) {
    const allowed = 'one escalator: by: rounds with levels, or by: pagerduty, whose policy has levels of its own';
    mistakes.push({ path: [...path, 'levels'], found: 'levels, and by: pagerduty', allowed });
  }
  if (by === 'pagerduty' && !everPages(page))
    mistakes.push({
      path: [...path, 'by'],
      found: 'pagerduty, which is never paged',
      allowed: 'rounds, or leave it out',
    });
  return mistakes;
}

/** Whom each way can reach; a contact of the directory may have any address. */
const reached: Record<LevelWay, Recipient['kind'][]> = {
  slack: ['contact', 'member', 'channel'],
  email: ['contact', 'member', 'email'],
  sms: ['contact', 'member', 'phone'],
  phone: ['contact', 'member', 'phone'],
  page: ['contact', 'member'],
};

const kindsInWords: Record<Recipient['kind'], string> = {
  contact: 'a name such as on-call',
  member: 'a group or person of Slack such as "@devops"',
  channel: 'a channel such as "#alerts"',
  email: 'an e-mail address',
  phone: 'a phone number such as "+1-555-0101"',
};

function judgeStakeholders({ stakeholders }: SeverityFile): Mistake[] {
  const seen = new Set<string>();
  return stakeholders.flatMap(({ who }, at) => {
    const key = who.toLowerCase();
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ path: ['stakeholders', at, 'who'], found: `"${who}" again`, allowed: 'each once' }];
  });
}
