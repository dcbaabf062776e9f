import { type Day, daysLater, earlier, lastOfYear } from './days.ts';

/** Whom the rule (45 CFR 164.404–410) may want told. */
export const noticeKinds = ['individuals', 'hhs', 'media', 'covered_entity'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** 45 CFR 164.412: an official says that a notice would impede an investigation. */
export type Delay =
  /** In writing, with the day until which. */
  | { kind: 'written'; until: Day }
  /** Spoken, on that day: 30 days at most. */
  | { kind: 'oral'; statedOn: Day };

/** What the deadlines follow from. */
export interface Extent {
  /** The first day on which it was known, or by reasonable diligence would have been. */
  discoveredOn: Day;
  /** Undefined: not known yet. */
  individuals?: number;
  /** Residents by state or jurisdiction, as far as they are known. */
  states: Readonly<Record<string, number>>;
  weAre: 'covered_entity' | 'business_associate';
  /** A business associate's contract may give it less than 60 days. */
  contractDays?: number;
  delay?: Delay;
  /** When the individuals were told: from 500 on HHS is told with them. */
  individualsToldOn?: Day;
}

export interface PlannedNotice {
  kind: NoticeKind;
  /** The last day on which it is in time. */
  dueOn: Day;
  /** Why that day; plain words. */
  why: string;
  /** It may turn out not to be needed: numbers are missing, so the stricter reading counts. */
  perhaps?: true;
  /** Not to be sent before: an official asked for it. */
  notBefore?: Day;
}

export const mostDays = 60;
const oralDays = 30;
/** HHS at once from this many on; the media from one more, in one state. */
const many = 500;

/** The notices that a breach asks for, and until when, in days of the calendar. Pure; table tests hold it to the rule. */
export function noticesOf(extent: Extent): PlannedNotice[] {
  const { weAre, delay } = extent;
  const planned = weAre === 'business_associate' ? [toCoveredEntity(extent)] : ofCoveredEntity(extent);
  const until = delay && delayedUntil(delay);
  return until === undefined ? planned : planned.map((notice) => postponed(notice, until));
}

/** The last day of a delay that law enforcement asked for. */
export function delayedUntil(delay: Delay): Day {
  return delay.kind === 'written' ? delay.until : daysLater(delay.statedOn, oralDays);
}

function ofCoveredEntity(extent: Extent): PlannedNotice[] {
  const { discoveredOn } = extent;
  const dueOn = daysLater(discoveredOn, mostDays);
  const within = `without unreasonable delay, at most ${mostDays} days from discovery`;
  return [{ kind: 'individuals', dueOn, why: within }, toHhs(extent), ...toMedia(extent, dueOn)];
}

function toHhs({ discoveredOn, individuals, individualsToldOn }: Extent): PlannedNotice {
  const kind = 'hhs';
  if (individuals !== undefined && individuals < many) {
    const dueOn = daysLater(lastOfYear(discoveredOn), mostDays);
    return {
      kind,
      dueOn,
      why: `fewer than ${many}: within ${mostDays} days of the end of ${discoveredOn.slice(0, 4)}`,
    };
  }
  const last = daysLater(discoveredOn, mostDays);
  const dueOn = individualsToldOn === undefined ? last : earlier(last, individualsToldOn);
  if (individuals === undefined)
    return { kind, dueOn, perhaps: true, why: `how many is not known: as for ${many} or more` };
  return { kind, dueOn, why: `${many} or more: with the notice to the individuals` };
}

function toMedia({ individuals, states }: Extent, dueOn: Day): PlannedNotice[] {
  const over = Object.entries(states).filter(([, residents]) => residents > many);
  const names = over.map(([state]) => state).join(', ');
  if (over.length > 0) return [{ kind: 'media', dueOn, why: `more than ${many} residents of one state: ${names}` }];
  // Whoever is not counted by state yet may all live in the one that has most.
  const counted = Object.values(states).reduce((sum, residents) => sum + residents, 0);
  const most = Math.max(0, ...Object.values(states));
  const perhaps = individuals === undefined || most + Math.max(0, individuals - counted) > many;
  const why = `unless it is at most ${many} residents of any one state: say how many by state`;
  return perhaps ? [{ kind: 'media', dueOn, perhaps, why }] : [];
}

function toCoveredEntity({ discoveredOn, contractDays }: Extent): PlannedNotice {
  const kind = 'covered_entity';
  const days = Math.min(mostDays, contractDays ?? mostDays);
  const why = days < mostDays ? `the contract says ${days} days` : `at most ${mostDays} days from discovery`;
  return { kind, dueOn: daysLater(discoveredOn, days), why };
}

/** What the delay covers waits for its end; what is due later anyway stays as it is. */
function postponed(notice: PlannedNotice, until: Day): PlannedNotice {
  const dueOn = notice.dueOn < until ? until : notice.dueOn;
  const why = dueOn === notice.dueOn ? notice.why : `law enforcement asked to wait until ${until}`;
  return { ...notice, dueOn, why, notBefore: until };
}
