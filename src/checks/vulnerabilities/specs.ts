import type { FactSpec, FactSpecs, Facts, Rules } from '../../kernel/check.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { severities } from '../../kernel/findings.ts';
import { notRead } from '../aws/unread.ts';
import type { VulnerabilityTarget } from './params.ts';

const orNull = 'at least, where `complete` is false; null if none was found then';

function perSeverity(name: (severity: string) => string, spec: (severity: string) => FactSpec): FactSpecs {
  return Object.fromEntries(severities.map((severity) => [name(severity), spec(severity)]));
}

function named(name: string): FactSpecs {
  return {
    [`${name}_of`]: { type: 'list', help: 'the first 20 of these, gravest first, with age, limit and place' },
    [`${name}_first`]: { type: 'string', help: 'the gravest, of several the oldest' },
    [`${name}_others`]: { type: 'list', help: 'ids of the next two, and how many more' },
  };
}

const open: FactSpecs = {
  ...perSeverity(
    (severity) => severity,
    (severity) => ({ type: 'number', help: `open ${severity} ones, ${orNull}` }),
  ),
  overdue: { type: 'number', help: `open longer than their deadline, ${orNull}` },
  ...perSeverity(
    (severity) => `${severity}_overdue`,
    (severity) => ({ type: 'number', help: `of these, ${severity} ones` }),
  ),
  ...named('overdue'),
  oldest_overdue: { type: 'string', help: 'the id of the one that is longest past its deadline' },
  oldest_overdue_age_h: { type: 'number', unit: 'h', help: 'how long it is open' },
  oldest_overdue_deadline_h: { type: 'number', unit: 'h', help: 'how long it may be' },
  due_soon: { type: 'number', help: `past \`warn_after\` of their deadline and not overdue, ${orNull}` },
  ...named('due_soon'),
  suppressed: { type: 'number', help: 'dismissed, ignored or suppressed ones; of an API at most 100 are counted' },
  ...perSeverity(
    (severity) => `${severity}_deadline_h`,
    (severity) => ({ type: 'number', unit: 'h', help: `the deadline \`deadlines.${severity}\`` }),
  ),
  complete: { type: 'bool', help: 'whether all that are open were read' },
  cut_off: { type: 'list', help: 'severities of which there are more than `most`' },
  unread: { type: 'list', help: 'what could not be read besides the open ones, and why' },
};

const job: FactSpecs = {
  reported_at: { type: 'string', help: 'of `report`: when a scan said last what it found; `never`' },
  expected_at: { type: 'string', help: 'of `report`: when the next one is due, or was' },
  late_by: { type: 'string', help: 'of `report`: how long ago it was due; empty before' },
  late_by_s: { type: 'number', unit: 's', help: 'the same as a number; 0 before' },
  grace_s: { type: 'number', unit: 's', help: 'of `report`: `grace`' },
  failed: { type: 'bool', help: 'of `report`: the last scan said that it failed' },
  last_fail: { type: 'string', help: 'of `report`: the last failed one: when, exit code; empty when none is known' },
};

/** Why a fact of what is open is absent. */
function whyAbsent(name: string): (facts: Facts) => string | undefined {
  return (facts) => {
    if (facts.complete === undefined || facts.complete === null)
      return 'no scan has reported yet what it found: it posts its findings, not only that it ran';
    const unread = notRead(facts);
    if (name === 'suppressed') return unread;
    if (facts.complete) return 'there is none';
    return `there are more than were read (${String(facts.cut_off)}): raise most, or close what is old`;
  };
}

const openSpecs: FactSpecs = Object.fromEntries(
  Object.entries(open).map(([name, spec]) => [name, { whyAbsent: whyAbsent(name), ...spec }]),
);

export function factsFor({ source }: VulnerabilityTarget): FactSpecs {
  return source === 'report' ? { ...openSpecs, ...job } : openSpecs;
}

const look = 'look at the job that scans';

export function rulesFor(target: VulnerabilityTarget): Partial<Rules> {
  const scan =
    target.source === 'report'
      ? {
          fail: [
            { when: 'failed', say: `the last scan failed: {last_fail}; ${look}` },
            {
              when: 'late_by_s > grace_s',
              say: `no scan: one was due by {expected_at}, {late_by} ago (grace ${formatDuration(target.grace)}); the last: {reported_at}; ${look}`,
            },
          ],
          warn: [
            {
              when: `late_by_s > ${Math.round(target.grace / 2_000)}`,
              say: `a scan is late: it was due by {expected_at}, {late_by} ago; it fails at ${formatDuration(target.grace)}`,
            },
          ],
        }
      : { fail: [], warn: [] };
  return {
    fail: [
      ...scan.fail,
      {
        when: 'overdue > 0',
        say: '{overdue} past the deadline: {overdue_first}; others: {overdue_others}; patch, or accept the risk in writing',
      },
    ],
    warn: [
      ...scan.warn,
      {
        when: 'due_soon > 0',
        say: '{due_soon} near the deadline: {due_soon_first}; others: {due_soon_others}; patch before it is over',
      },
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  };
}
