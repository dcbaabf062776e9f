import { beforeAll, describe, expect, it, test } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import type { Check } from '../../../src/config/model.ts';
import { namedMetrics, pathOf } from '../../../src/reports/metrics/choose.ts';
import { keptMetrics } from '../../../src/reports/metrics/kept.ts';
import type { PlannedSection, ReportFile } from '../../../src/reports/read.ts';
import { type System, systems, threeExamples } from '../../support/contents.ts';
import type { Example } from '../../support/figures.ts';

let examples: Record<System, Example>;
beforeAll(async () => {
  examples = await threeExamples();
});

const own = ({ read }: Example): ReportFile[] => [...read.reports.all().values()].filter((file) => file.own);
const fileOf = (system: System, name: string): ReportFile => {
  const file = own(examples[system]).find((one) => one.name === name);
  if (!file) throw new Error(`${system} has no report ${name}`);
  return file;
};

/** When each is made, by the clock of the team's zone. */
const times: [system: System, report: string, cron: string, zone: string][] = [
  ['holi', 'morning', '0 9 * * *', 'UTC'],
  ['holi', 'weekly', '0 10 * * 1', 'UTC'],
  ['holi', 'monthly', '0 14 1-7 * 1', 'UTC'],
  ['holi', 'audit-review', '0 11 * * 1', 'UTC'],
  ['holi', 'slo', '30 9 * * 1', 'UTC'],
  ['ivr', 'morning', '30 8 * * *', 'America/New_York'],
  ['ivr', 'midday', '0 13 * * *', 'America/New_York'],
  ['ivr', 'end-of-day', '0 17 * * *', 'America/New_York'],
  ['ivr', 'compliance', '0 17 * * *', 'America/New_York'],
  ['ivr', 'weekly', '0 10 * * 1', 'America/New_York'],
  ['ivr', 'monthly', '0 14 1-7 * 1', 'America/New_York'],
  ['ivr', 'slo', '30 9 * * 1', 'America/New_York'],
  ['rms', 'morning', '30 8 * * *', 'America/New_York'],
  ['rms', 'weekly', '0 10 * * 1', 'America/New_York'],
  ['rms', 'monthly', '0 14 1-7 * 1', 'America/New_York'],
];

describe('when the reports of the three operations are made', () => {
  it.each(times)('%s: %s at %s of %s', (system, name, cron, zone) => {
    const { team, reports } = examples[system].read.ops;
    // What is not named in ops.yml begins by its own file.
    expect(reports.scheduled).toBeUndefined();
    expect([fileOf(system, name).schedule.map((one) => one.cron), team.zone]).toEqual([[cron], zone]);
  });

  it('is written down here for each that there is', () => {
    const named = systems.flatMap((system) => own(examples[system]).map(({ name }) => `${system} ${name}`));
    expect(named.toSorted()).toEqual(times.map(([system, name]) => `${system} ${name}`).toSorted());
  });
});

interface Options {
  checks?: string | string[];
  groups?: unknown;
  queries?: string[];
  restore_test?: string;
  checklists?: string[];
  only?: string[];
  severities?: string[];
  objectives?: { check?: string; group?: string; fact?: string }[];
  show?: unknown;
  lines?: { text: string; else?: string; ok?: { kind: string; ids?: string[]; check?: string; when?: string } }[];
  brief?: string;
}

/** What a section names and there is not, in words. */
function wrongIn({ section, options }: PlannedSection, { read }: Example): string[] {
  const { checks, groups } = read.ops;
  const ids = checks.map(({ id }) => id);
  const asked = options as Options;
  const names = (some: unknown) => (Array.isArray(some) ? some : []) as string[];
  const unknown = (some: readonly string[], known: readonly string[]) => some.filter((one) => !known.includes(one));
  const objectives = asked.objectives ?? [];
  const texts = [...(asked.lines ?? []).flatMap((line) => [line.text, line.else ?? '']), asked.brief ?? ''];
  const shown = Array.isArray(asked.show) ? asked.show : [];
  return [
    ...unknown(names(asked.checks), ids),
    ...unknown([...names(asked.groups), ...names(asked.queries)], [...groups.keys()]),
    ...unknown(asked.restore_test === undefined ? [] : [asked.restore_test], [...ids, ...read.checklists.all().keys()]),
    ...unknown([...names(asked.checklists), ...names(asked.only)], [...read.checklists.all().keys()]),
    ...unknown(
      names(asked.severities),
      read.severities.all.map(({ id }) => id),
    ),
    ...unknown(
      objectives.flatMap(({ group }) => group ?? []),
      [...groups.keys()],
    ),
    ...keptMetrics(
      objectives.flatMap(({ check, fact }) => (check === undefined ? [] : [{ check, fact }])),
      checks,
    ).missing,
    ...(section.name === 'metrics' ? namedMetrics(shown, checks).wrong : keptMetrics(shown, checks).missing),
    ...(asked.lines ?? []).flatMap(({ ok }) => wrongDecider(ok, checks, [...groups.keys()])),
    ...texts.flatMap((text) => wrongPlaces(text, checks)),
  ];
}

function wrongDecider(
  ok: NonNullable<Options['lines']>[number]['ok'],
  checks: readonly Check[],
  groups: readonly string[],
): string[] {
  if (ok?.kind === 'checks')
    return (ok.ids ?? []).filter((id) => id !== 'all' && !groups.includes(id) && !checks.some((one) => one.id === id));
  if (ok === undefined) return [];
  const check = checks.find(({ id }) => id === ok.check);
  const compiled = check && compileCondition({ when: ok.when! }, check.definition.facts(check.target));
  return compiled?.ok ? [] : [`${ok.check}: ${ok.when}`];
}

const words = ['ok', 'reasons', 'failing', 'total'];

/** `{check}`, `{check.fact}` and `{check.fact:1}` of checks and facts that there are. */
function wrongPlaces(text: string, checks: readonly Check[]): string[] {
  return [...text.matchAll(/\{([^{}]+)\}/g)].flatMap(([place, inner = '']) => {
    if (words.includes(inner)) return [];
    const [, id, fact] = /^([a-z0-9-]+)(?:\.([^:]+))?(?::(?:unit|[0-6]))?$/.exec(inner) ?? [];
    const check = checks.find((one) => one.id === id);
    if (!check) return [place];
    const first = fact === undefined ? undefined : pathOf(fact)?.[0];
    return fact === undefined || Object.hasOwn(check.definition.facts(check.target), first ?? '') ? [] : [place];
  });
}

test.each(times)(
  '%s: %s names only checks, facts, groups, severities and checklists that there are',
  (system, name) => {
    const { sections } = fileOf(system, name);
    expect(sections.flatMap((planned) => wrongIn(planned, examples[system]))).toEqual([]);
  },
);

/** The options of the sections of a report that have this name. */
function optionsOf(system: System, report: string, section: string): unknown[] {
  return fileOf(system, report).sections.flatMap((one) => (one.section.name === section ? [one.options] : []));
}

const below = (value: number) => ({ op: '<', value });

/** A figure of a document, and the section of the report where it stands. */
const figures: [figure: string, system: System, report: string, section: string, options: object][] = [
  ['P1 and P2 of the night', 'holi', 'morning', 'overnight', { severities: ['p1', 'p2'], show: 'always' }],
  ['action items, also none', 'holi', 'morning', 'actions', { show: 'always' }],
  ['the restore, weekly', 'holi', 'weekly', 'backups', { restore_test: 'restore-test' }],
  ['the full restore, monthly', 'holi', 'monthly', 'backups', { restore_test: 'recovery-test' }],
  [
    'p95 500, p99 1000, errors 1 %, queries 50 ms, cache hits 95 %',
    ...(['holi', 'weekly', 'averages'] as const),
    {
      show: expect.arrayContaining([
        expect.objectContaining({ check: 'latency-p95', target: below(500) }),
        expect.objectContaining({ check: 'latency-p99', target: below(1000) }),
        expect.objectContaining({ check: 'error-rate', target: below(1) }),
        expect.objectContaining({ check: 'queries', fact: 'mean_query_ms', target: below(50) }),
        expect.objectContaining({ check: 'main-db', fact: 'cache_hit_pct', target: { op: '>', value: 95 } }),
      ]),
    },
  ],
  [
    'CPU 70, memory 80, storage 70, connections 80, requests',
    ...(['holi', 'monthly', 'capacity'] as const),
    {
      days: 30,
      show: expect.arrayContaining([
        expect.objectContaining({ check: 'cpu', target: below(70) }),
        expect.objectContaining({ check: 'memory', target: below(80) }),
        expect.objectContaining({ check: 'disk', target: below(70) }),
        expect.objectContaining({ check: 'connections', target: below(80) }),
        expect.objectContaining({ check: 'request-rate' }),
      ]),
    },
  ],
  [
    'HIPAA and the audit review, weekly',
    'holi',
    'monthly',
    'compliance',
    { checklists: ['hipaa', 'weekly-audit-review'] },
  ],
  [
    'totals, users, PHI access, exports, failed, denied',
    ...(['holi', 'audit-review', 'audit-review'] as const),
    {
      checks: ['audit-week'],
      labels: { total: 'total audit logs', users: 'unique users', phi_access: 'PHI access events' },
    },
  ],
  [
    'uptime 99.9 %, p95, p99, errors, queries',
    ...(['holi', 'slo', 'slo'] as const),
    {
      objectives: [
        { group: 'api', uptime: 99.9, period: 'month', consequence: 'a post-mortem with its root cause' },
        { check: 'latency-p95', target: below(500), period: 'week' },
        { check: 'latency-p99', target: below(1000), period: 'week', consequence: 'the CTO is told' },
        { check: 'error-rate', target: below(1), period: 'week' },
        { check: 'queries', fact: 'mean_query_ms', target: below(50), period: 'week' },
      ],
    },
  ],
  ['P0 and P1 of the night', 'ivr', 'morning', 'overnight', { severities: ['p0', 'p1'] }],
  [
    'CPU 80, memory 85, errors 5 %, 2 s',
    ...(['ivr', 'morning', 'metrics'] as const),
    {
      show: expect.arrayContaining([
        expect.objectContaining({ check: 'cpu', target: below(80) }),
        expect.objectContaining({ check: 'memory', target: below(85) }),
        expect.objectContaining({ check: 'error-rate', target: below(5) }),
        expect.objectContaining({ check: 'response-time', target: below(2) }),
      ]),
    },
  ],
  [
    'sessions, calls, capacity, connections, cache',
    ...(['ivr', 'midday', 'metrics'] as const),
    {
      show: expect.arrayContaining(
        ['sessions', 'calls', 'scaling', 'database', 'cache'].map((check) => expect.objectContaining({ check })),
      ),
    },
  ],
  ['the newest backup', 'ivr', 'midday', 'backups', { checks: ['backups', 'validate-backup'] }],
  ['maintenance that is due', 'ivr', 'end-of-day', 'maintenance', {}],
  [
    'the compliance report and the export',
    'ivr',
    'end-of-day',
    'heartbeats',
    { checks: ['compliance-report', 'log-export'] },
  ],
  ['incidents', 'ivr', 'end-of-day', 'incidents', {}],
  ['what was changed', 'ivr', 'end-of-day', 'changes-log', {}],
  ['HIPAA, every day', 'ivr', 'compliance', 'compliance', { checklists: ['hipaa'], show: 'always' }],
  ['a restore a week', 'ivr', 'weekly', 'backups', { restore_test: 'restore-test' }],
  ['a component a month', 'ivr', 'monthly', 'backups', { restore_test: 'component-test' }],
  ['uptime 99.95 %', 'ivr', 'slo', 'slo', { objectives: [{ group: 'calls', uptime: 99.95, period: 'month' }] }],
  ['costs of the week by service', 'rms', 'weekly', 'cost', {}],
  [
    'CPU and connections of 7 days',
    ...(['rms', 'weekly', 'averages'] as const),
    {
      days: 7,
      show: expect.arrayContaining([
        expect.objectContaining({ check: 'cpu' }),
        expect.objectContaining({ check: 'database', fact: 'connections' }),
      ]),
    },
  ],
  ['a restore a month', 'rms', 'monthly', 'backups', { restore_test: 'restore-test' }],
  ['what costs and nobody uses', 'rms', 'monthly', 'lines', { title: '{ok} Unused' }],
];

test.each(figures)('%s → %s: %s, %s', (_figure, system, report, section, options) => {
  expect(optionsOf(system, report, section)).toMatchObject([options]);
});
