import { describe, expect, it } from 'vitest';
import { countOutcomes } from '../../../src/health/model.ts';
import type { MadeSection, Report } from '../../../src/reports/model.ts';
import { nextTime } from '../../../src/reports/schedule.ts';
import { reportPost } from '../../../src/reports/views/slack.ts';

const at = new Date('2026-11-23T09:00:00Z');

function said(...sections: Partial<MadeSection>[]) {
  const report: Report = {
    ...{ id: 1, name: 'morning', from: at, madeAt: at, title: 'Morning', verdict: 'ok', version: 1, shown: 0 },
    plan: { audience: [], quiet: 'line', zone: 'UTC' },
    content: {
      ...{ checks: [], counts: countOutcomes([]) },
      sections: sections.map((each, n) => ({
        ...{ name: 's', key: `s${n}`, title: `S${n}`, attention: 'none', lines: [], tookMs: 1, ...each },
      })),
    },
  };
  const post = reportPost(report, { now: at, postedAt: at, items: new Map(), nowOf: () => undefined });
  return { text: post.text, blocks: JSON.stringify(post.blocks) };
}

const metrics = { always: true as const, brief: 'p95 287 ms', lines: [{ text: 'p95 287 ms (< 500)' }] };
const trouble = { attention: 'act' as const, lines: [{ text: 'db is down' }] };

describe('a section whose lines are always shown', () => {
  it('has them beside what wants attention, and in a few words on a quiet day', () => {
    expect(said(metrics, trouble).blocks).toContain('(&lt; 500)');
    expect(said({ ...metrics, always: undefined } as never, trouble).blocks).not.toContain('(&lt; 500)');
    const quiet = said(metrics);
    expect(quiet.blocks).not.toContain('(&lt; 500)');
    expect(quiet.text).toContain('p95 287 ms');
  });

  it('is not what a notification tells first', () => {
    expect(said(metrics, trouble).text).toMatch(/: db is down$/);
  });
});

describe('an owner', () => {
  it('who is a mention of Slack stays one; a name is text, whatever it holds', () => {
    const { blocks } = said({
      attention: 'look',
      lines: ['<@U0ANNA0001>', '<!subteam^S123>', '<!channel>', '<@U1|x>'].map((owner) => ({ text: 'x', owner })),
    });
    expect(blocks).toContain('<@U0ANNA0001>');
    expect(blocks).toContain('<!subteam^S123>');
    expect(blocks).not.toContain('<!channel>');
    expect(blocks).not.toContain('<@U1|x>');
  });
});

describe('the next time of a report', () => {
  it('is the soonest of its plan, each in its own zone', () => {
    const entry = (cron: string, zone?: string) => ({ cron, zone, holidays: 'run' as const });
    const schedule = [entry('0 9 * * 1'), entry('0 9 * * 2', 'America/New_York')];
    expect(nextTime({ schedule, zone: undefined }, 'Europe/Berlin', at)).toEqual(new Date('2026-11-24T14:00:00Z'));
    expect(nextTime({ schedule: [schedule[0]!], zone: undefined }, 'Europe/Berlin', at)).toEqual(
      new Date('2026-11-30T08:00:00Z'),
    );
    expect(nextTime({ schedule: [], zone: undefined }, 'UTC', at)).toBeUndefined();
  });
});
