import { describe, expect, it } from 'vitest';
import { countOutcomes } from '../../../src/health/model.ts';
import { isQuiet, type MadeSection, type Report, standingOf } from '../../../src/reports/model.ts';
import { reportPost } from '../../../src/reports/views/slack.ts';
import { reportCsv, reportMarkdown, reportText } from '../../../src/reports/views/text.ts';
import { textOf } from '../../support/report-room.ts';

const at = new Date('2026-11-23T09:00:00Z');
const hostile = "=cmd|'/C calc'!A0 <!channel> *bold* | `code`\n# head";

function reportOf(sections: Partial<MadeSection>[], over: Partial<Report> = {}): Report {
  const checks = [{ id: 'api', group: 'web', outcome: 'ok' as const, reason: 'status 200' }];
  return {
    ...{ id: 1, name: 'morning', slot: at, from: new Date(at.getTime() - 86_400_000), madeAt: at, title: 'Morning' },
    ...{ verdict: 'ok', version: 1, shown: 0, plan: { audience: [], quiet: 'line', zone: 'UTC' } },
    content: {
      checks,
      counts: countOutcomes(checks),
      sections: sections.map((each, n) => ({
        ...{ name: 's', key: `s${n}`, title: `S${n}`, attention: 'none', lines: [], tookMs: 1, ...each },
      })),
    },
    ...over,
  };
}

const foreign = reportOf([
  {
    attention: 'act',
    lines: [{ mark: 'fail', text: hostile, owner: hostile, next: hostile, item: 'check/api' }],
    tables: [
      {
        title: hostile,
        columns: ['a', hostile],
        rows: [
          [hostile, -5],
          ['+1', null],
          ['@x', 1.5],
          ['-', 'a "b", c'],
        ],
      },
    ],
  },
]);

describe('a report as a file', () => {
  it('has no cell that a spreadsheet runs, and every row its columns', () => {
    const csv = reportCsv(foreign);
    for (const line of csv.split('\r\n')) expect(line).not.toMatch(/(^|,)"?[=+@]/);
    expect(csv).toContain(',-5');
    expect(csv).toContain(`'+1`);
    expect(csv).toContain(`'-`);
    expect(csv).toContain('"a ""b"", c"');
    expect(csv).not.toMatch(/[^\r]\n/);
  });

  it('forms nothing in Markdown beyond its own', () => {
    const markdown = reportMarkdown(foreign);
    expect(markdown.match(/^#+ .*/gm)).toHaveLength(4);
    expect(markdown).toContain('\\*bold\\*');
    expect(
      markdown
        .split('\n')
        .find((line) => line.includes('| -5 |'))
        ?.match(/(?<!\\)\|/g),
    ).toHaveLength(3);
  });

  it('stays on its lines in a terminal', () => {
    expect(
      reportText(reportOf([{ attention: 'act', lines: [{ mark: 'fail', text: '\u001b[31mred\nsecond' }] }]), {
        zone: 'UTC',
      }).split('\n'),
    ).toHaveLength(3);
  });
});

describe('a report in Slack', () => {
  const live = { now: at, items: new Map(), nowOf: () => undefined, postedAt: at };

  it('lets nothing foreign mention, link or form', () => {
    const said = textOf(reportPost(foreign, live).blocks);
    expect(said).not.toContain('<!channel>');
    expect(said).toContain('&lt;!channel&gt;');
    expect(said).not.toContain('*bold*');
  });

  it('is never green while something in it is unknown', () => {
    const unknown = reportOf([{ unknown: ['AccessDenied'], title: 'Backups', attention: 'none' }]);
    expect(textOf(reportPost(unknown, live).blocks)).toMatch(/^⚪ .*\n\*Backups\* {2}⚪ unknown: AccessDenied/s);
    const unmeasured = reportOf([], {});
    unmeasured.content.unmeasured = 'the database is away';
    expect(textOf(reportPost(unmeasured, live).blocks)).toMatch(/^⚪ .*checks unknown: the database is away/s);
  });

  it('is not green while something in it wants a look, nor ends a script well', () => {
    const looked = reportOf([{ attention: 'look', lines: [{ mark: 'warn', text: 'disk full in 3 d' }] }]);
    expect(textOf(reportPost(looked, live).blocks)).toMatch(/^🟠 /);
    expect(standingOf(looked)).toBe('warn');
    expect(standingOf(reportOf([{ attention: 'act' }, { unknown: ['x'] }]))).toBe('warn');
    expect(standingOf(reportOf([{ unknown: ['x'] }]))).toBe('unknown');
    expect(standingOf(reportOf([{ brief: 'all well' }]))).toBe('ok');
  });

  it.each([
    ['fails', 'fail'],
    ['warns', 'warn'],
    ['is all that there is, and muted', 'muted'],
  ] as const)('is not quiet while a check that no section tells of %s', (_, outcome) => {
    const checks = [{ id: 'api', group: 'web', outcome, reason: 'x' }];
    expect(isQuiet({ checks, counts: countOutcomes(checks), sections: [] })).toBe(false);
    const well = [...checks, { id: 'db', group: 'web', outcome: 'ok' as const, reason: 'x' }];
    expect(isQuiet({ checks: well, counts: countOutcomes(well), sections: [] })).toBe(outcome === 'muted');
  });

  it('puts no ✓ before what is not well', () => {
    const report = reportOf([
      { attention: 'act', lines: [{ mark: 'fail', text: 'dump: 31 h old' }] },
      { brief: 'backups 5/6 (1 fail)', lines: [{ mark: 'fail', text: 'dump: 31 h old', threadOnly: true }] },
      { brief: 'jobs 3/3' },
    ]);
    expect(textOf(reportPost(report, live).blocks)).toContain('✓ jobs 3/3\n• backups 5/6 (1 fail)');
    const unknown = reportOf([{ attention: 'act' }, { brief: 'backups 6/6', unknown: ['AccessDenied'] }]);
    expect(reportText(unknown, { zone: 'UTC' })).not.toContain('backups 6/6');
    expect(reportText(report, { zone: 'UTC' })).toContain('• backups 5/6 (1 fail)');
  });

  it('says how late it is from five minutes on', () => {
    const said = (ms: number) =>
      textOf(reportPost(reportOf([]), { ...live, postedAt: new Date(at.getTime() + ms) }).blocks);
    expect(said(4 * 60_000)).not.toContain('late');
    expect(said(5 * 60_000)).toContain('(5 min late)');
    expect(said(49 * 3_600_000)).toContain('(49 h late)');
  });
});
