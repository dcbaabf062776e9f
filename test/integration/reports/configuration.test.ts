import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import checkConfig from '../../../commands/check-config.ts';
import { loadConfiguration } from '../../../src/configuration.ts';
import { plannedLines } from '../../../src/planned-lines.ts';
import { root } from '../../../src/registry.ts';

const checks = 'checks: [{ id: a, tcp: { host: a.example, port: 1 } }]\n';
const report = 'title: Ours\nschedule: "Mon-Fri 09:00"\nsections: [verdict]\n';
const checklist = 'title: Mine\nschedule: "08:00"\nitems: [{ id: one, title: One }]\n';

/** A folder with an ops.yml and files beside it, by their paths. */
async function configured(ops: string, files: Record<string, string> = {}): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'rounds-planned-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  for (const folder of ['reports', 'checklists']) await mkdir(join(dir, 'templates', folder), { recursive: true });
  await writeFile(join(dir, 'ops.yml'), `${ops}${checks}`);
  for (const [path, text] of Object.entries(files)) await writeFile(join(dir, 'templates', path), text);
  return join(dir, 'ops.yml');
}

async function checked(file: string): Promise<{ code: number; said: string }> {
  const lines: string[] = [];
  const code = await checkConfig.runAlone([file], { print: (line) => lines.push(line), env: {}, json: false });
  return { code, said: lines.join('\n') };
}

describe('what comes by itself', () => {
  const now = new Date('2026-11-27T15:00:00Z');

  it('is told with its next time, the soonest first, in its own zone', async () => {
    const ops =
      'team: { zone: America/New_York, holidays: [2026-11-30] }\nreports: { scheduled: [morning, weekly, ours] }\n';
    const ours = `${report.replace('"Mon-Fri 09:00"', '{ at: "Mon-Fri 09:00", zone: Europe/Berlin, holidays: skip }')}`;
    const file = await configured(ops, { 'reports/ours.yml': ours, 'checklists/mine.yml': checklist });
    expect(plannedLines(await loadConfiguration(file, {}), now)).toEqual([
      expect.stringMatching(/^reports: good — .*monthly, morning, ours, .*weekly/),
      '  morning comes next Sat 28 Nov 09:00 EST',
      '  weekly comes next Mon 30 Nov 10:00 EST',
      // Monday is a holiday.
      '  ours comes next Tue 1 Dec 09:00 CET',
      expect.stringMatching(/^checklists: good — .*mine, .*morning, /),
      '  mine comes next Sat 28 Nov 08:00 EST',
    ]);
  });

  it('is said to be nothing where nothing is', async () => {
    const lines = plannedLines(await loadConfiguration(await configured('reports: { scheduled: [] }\n'), {}), now);
    expect(lines.filter((line) => line.startsWith('  '))).toEqual([
      '  none comes by itself: `reports.scheduled` names which do',
      '  none comes by itself: `checklists.scheduled` names which do',
    ]);
  });

  it('is none but the morning report for the project’s own ops.yml: what comes along is nobody’s own', async () => {
    const file = relative(process.cwd(), join(root, 'ops.yml'));
    const lines = plannedLines(await loadConfiguration(file, {}), now);
    expect(lines.filter((line) => line.includes('comes next'))).toEqual(['  morning comes next Sat 28 Nov 09:00 EST']);
  });

  it('stands in what check-config says', async () => {
    const { code, said } = await checked(await configured('slack: { daily: "#daily" }\n'));
    expect(code).toBe(0);
    expect(said).toMatch(/^reports: good — .*\n {2}morning comes next \w{3} .* 09:00 UTC$/m);
    expect(said).not.toContain('remark: report');
  });
});

describe('mistakes and remarks about reports', () => {
  it('a scheduled name that no file has is refused, with the names there are', async () => {
    const { code, said } = await checked(await configured('reports: { scheduled: [mornig] }\n'));
    expect(code).toBe(3);
    expect(said).toMatch(/reports\.scheduled\[0\]\n {2}found: "mornig"\n {2}allowed: .*morning.*did you mean morning/);
  });

  it('and so is one whose file has no times', async () => {
    const files = { 'reports/asked.yml': report.replace(/schedule.*\n/, '') };
    const file = await configured('reports: { scheduled: [asked] }\n', files);
    await expect(loadConfiguration(file, {})).rejects.toMatchObject({
      problems: [{ file, path: 'reports.scheduled[0]', found: '"asked", whose file has no schedule' }],
    });
  });

  it('one that has no channel is named', async () => {
    const { code, said } = await checked(await configured(''));
    expect(code).toBe(0);
    expect(said).toContain('remark: report morning: it has no channel: set `slack.daily`');
    const own = await configured('', { 'reports/morning.yml': `${report}channel: "#here"\n` });
    expect((await checked(own)).said).not.toContain('has no channel');
  });

  it('so is a plan that nothing follows', async () => {
    const files = { 'reports/ours.yml': report };
    const { said } = await checked(await configured('slack: { daily: "#daily" }\nreports: { scheduled: [] }\n', files));
    expect(said).toContain('remark: report ours: it has a schedule, and reports.scheduled does not name it');
    expect(said.match(/remark: report/g)).toHaveLength(1);
  });

  it('and who can not be mentioned', async () => {
    const ops =
      'slack: { daily: "#daily" }\ncontacts: { cto: { slack: "@carla" }, vendor: { email: a@example.com } }\n';
    const audience = '[cto, vendor, Platform team, "@web", S012ABCDEF]';
    const files = { 'reports/morning.yml': `${report}owner: U012ABCDEF\naudience: ${audience}\n` };
    const { said } = await checked(await configured(ops, files));
    expect(said.split('\n').filter((line) => line.startsWith('remark: report'))).toEqual([
      'remark: report morning: "cto" is a contact, which reports do not look up: write "@carla"',
      'remark: report morning: "vendor" is a contact, which reports do not look up: write "@name" or an id',
      'remark: report morning: "Platform team" is no "@name" and no id: who is not called so in Slack is not mentioned',
    ]);
  });
});
