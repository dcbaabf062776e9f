import { describe, expect, it } from 'vitest';
import report from '../../../commands/report.ts';
import schedule from '../../../commands/schedule.ts';
import type { CommandContext, Reply } from '../../../src/kernel/command.ts';
import type { Services } from '../../../src/services.ts';
import { service } from '../../support/health.ts';
import { type ReportRoom, reportRoom } from '../../support/report-room.ts';
import { embeddedStore } from '../../support/store.ts';

const store = await embeddedStore();
const minute = 60_000;
const day = 24 * 60 * minute;
const style = { colour: false, width: 100, zone: 'UTC' };

function ctxOf(room: ReportRoom): CommandContext<Services> {
  const checklists = { files: () => new Map() };
  return {
    services: { reports: room.reports, checklists, ops: room.ports.ops } as unknown as Services,
    actor: { id: 'os:anna', name: 'anna', mention: 'os:anna' },
    request: 'ABC123',
    clock: room.clock,
    log: room.log,
    face: 'terminal',
    signal: new AbortController().signal,
    may: async () => ({ kind: 'allowed' }),
    require: async () => {},
  } as CommandContext<Services>;
}

const typed = async (command: typeof report, room: ReportRoom, line = ''): Promise<Reply> =>
  (await command.run(ctxOf(room), line === '' ? [] : line.split(' '))) as Reply;

describe('/ops report', () => {
  it('makes one now, keeps it, and posts nothing in its channel', async () => {
    const api = service('api');
    api.state.status = 500;
    const room = await reportRoom(store, { checks: [api.check] });
    const reply = await typed(report, room, 'Morning');
    expect(reply.terminal(style)).toMatch(/^🔴 Morning report · Mon 23 Nov 08:59 UTC — 1 fail of 1\nNew\n {2}🔴 api:/);
    expect(reply.exitCode).toBe(2);
    expect(room.said()).toEqual([]);
    expect((await typed(report, room)).terminal(style)).toBe('morning  Morning report — next Mon 23 Nov 09:00 UTC');
  });

  it('shows that of another day, as it was posted', async () => {
    const room = await reportRoom(store, { checks: [service('api').check] });
    await room.pass(minute);
    await room.pass(day);
    const shown = async (line: string) => (await typed(report, room, line)).terminal(style);
    expect(await shown('morning 2026-11-23')).toContain('Mon 23 Nov 09:00 UTC');
    expect(await shown('morning yesterday')).toContain('Mon 23 Nov 09:00 UTC');
    expect(await shown('morning today')).toContain('Tue 24 Nov 09:00 UTC');
    await expect(shown('morning 2026-11-22')).rejects.toThrow('There is no report "morning" of that day');
  });

  it('is a file where somebody asks for one', async () => {
    const room = await reportRoom(store, { checks: [service('api').check] });
    const markdown = await typed(report, room, 'morning --markdown');
    expect(markdown.terminal(style)).toMatch(/^# 🟢 Morning report/);
    expect((await markdown.files?.())?.[0]?.name).toBe('morning-2026-11-23.md');
    const csv = await typed(report, room, 'morning --csv');
    expect(csv.terminal(style).split('\r\n')[0]).toBe('section,state,what,since,owner,next');
  });

  it.each([
    ['nothing', 'There is no report "nothing"'],
    ['morning 30.2.', '"30.2." is no day'],
    ['morning today more', '"more" is too much'],
    ['morning --pdf', 'There is no option --pdf'],
    ['--csv', 'Which report?'],
  ])('%s is refused with the remedy', async (line, why) => {
    const room = await reportRoom(store, { checks: [service('api').check] });
    await expect(typed(report, room, line)).rejects.toThrow(why);
  });
});

describe('/ops schedule', () => {
  it('tells the next five times of each, in its zone, without the holidays it skips', async () => {
    const files = {
      morning:
        'title: Morning\nschedule: {at: "Mon-Fri 09:00", zone: America/New_York, holidays: skip}\nsections: [verdict]\n',
      monthly: 'title: Monthly\nschedule: first Mon 14:00\nsections: [verdict]\n',
      asked: 'title: Asked for\nsections: [verdict]\n',
    };
    const team = { name: 'Test', zone: 'UTC', holidays: ['2026-11-26'] };
    const room = await reportRoom(store, { checks: [service('api').check], files, ops: { team } });
    const lines = (await typed(schedule, room)).terminal(style).split('\n');
    expect(lines.slice(lines.indexOf('Morning (report morning)'))).toEqual([
      'Morning (report morning)',
      ...['Mon 23', 'Tue 24', 'Wed 25', 'Fri 27', 'Mon 30'].map((date) => `  ${date} Nov 09:00 EST`),
    ]);
    expect(lines).toContain('  Mon 7 Dec 14:00 UTC');
    expect(lines.join()).not.toContain('Asked for');
    await expect(typed(schedule, room, 'mornin')).rejects.toThrow('Nothing named "mornin"');
  });

  it('says of what is only made when asked for how to change that', async () => {
    const room = await reportRoom(store, { checks: [service('api').check], ops: { reports: { scheduled: [] } } });
    expect((await typed(schedule, room)).terminal(style)).toMatch(
      /^Nothing runs by itself\n1 more only when asked for/,
    );
    expect((await typed(schedule, room, 'morning')).terminal(style)).toContain(
      'not by itself: name it in reports.scheduled of ops.yml',
    );
  });
});
