import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MaintenanceWindow } from '../../../../src/config/model.ts';
import type { Silence } from '../../../../src/health/silences/model.ts';
import { maintenancePlan } from '../../../../src/health/silences/plan.ts';
import { detailsPost } from '../../../../src/health/views/details.ts';
import { maintenanceReply } from '../../../../src/health/views/maintenance.ts';
import { begunReply, endedReply, mutedReply } from '../../../../src/health/views/silence.ts';
import { healthPost, rowText } from '../../../../src/health/views/slack.ts';
import type { Post, TerminalStyle } from '../../../../src/kernel/command.ts';
import { liveTokens, mrkdwnTexts } from '../../../../src/workspace/mrkdwn.ts';
import { checkReport, healthReport, noon } from '../../../support/reports.ts';

const berlin: TerminalStyle = { colour: false, width: 80, zone: 'Europe/Berlin' };

function silenceOf(over: Partial<Silence> = {}): Silence {
  return {
    id: 'x7k2mp',
    kind: 'maintenance',
    target: { kind: 'group', id: 'data' },
    mode: 'mute',
    from: noon,
    until: new Date(noon.getTime() + 45 * 60_000),
    reason: 'patches',
    by: { id: 'slack:U1', name: 'anna', mention: '<@U1>' },
    ...over,
  };
}

const mute = silenceOf({ kind: 'mute', target: { kind: 'check', id: 'api' } });
const patches: MaintenanceWindow = {
  id: 'patches',
  match: { group: 'data' },
  cron: '0 4 * * *',
  zone: 'Europe/Berlin',
  forMs: 2_700_000,
  mode: 'skip',
};

describe('what people read about silences', () => {
  it.each([
    [mutedReply({ kind: 'muted', silence: mute }, noon, 'thread'), '🔕 api is muted until 13:45 GMT+1 by @anna'],
    [
      mutedReply({ kind: 'already', silence: mute }, noon, 'thread'),
      '🔕 api is already muted until 13:45 GMT+1 by @anna',
    ],
    [
      begunReply(silenceOf({ mode: 'skip' }), noon, 'channel'),
      '🔕 Maintenance of group data until 13:45 GMT+1 by @anna: patches (not measured)\n→ ends earlier with: rounds maintenance end x7k2mp',
    ],
    [
      endedReply(
        { kind: 'ended', silence: { ...mute, ended: { at: noon, by: 'ben' } }, still: [silenceOf()] },
        noon,
        'thread',
      ),
      '🔔 The mute of api was ended by @ben\n🔕 still in maintenance: group data until 13:45 GMT+1 by @anna: patches',
    ],
    [
      endedReply(
        { kind: 'ended_before', silence: { ...silenceOf(), ended: { at: noon, by: 'ben' } }, still: [] },
        noon,
        'thread',
      ),
      '🔔 Maintenance of data was ended already by @ben at 13:00 GMT+1',
    ],
    [
      endedReply({ kind: 'expired', silence: mute, still: [] }, noon, 'thread'),
      '🔔 The mute of api was over at 13:45 GMT+1',
    ],
  ])('%#', (reply, text) => {
    expect(reply.terminal(berlin)).toBe(text);
  });

  it('offers the way back where something was muted', () => {
    const actions = (post: Post) => JSON.stringify(post.blocks.filter(({ type }) => type === 'actions'));
    const muted = mutedReply({ kind: 'muted', silence: mute }, noon, 'thread').slack();
    expect(actions(muted)).toContain('"action_id":"health.unmute","text":{"type":"plain_text","text":"Unmute"');
    expect(actions(muted)).toContain('"value":"x7k2mp"');
  });

  it('lists what is on and what comes within a week, in the order of time', () => {
    const soon = { ...patches, id: 'backup', match: { check: 'api' }, cron: '30 13 * * *', mode: 'mute' } as const;
    const later = { ...patches, id: 'yearly', cron: '0 4 1 1 *' };
    const open = { ...patches, id: 'open', cron: '0 13 * * *' };
    const plan = maintenancePlan([patches, soon, later, open], [mute], noon);
    expect(maintenanceReply(plan, noon, 'channel').terminal(berlin).split('\n')).toEqual([
      'Now',
      '  x7k2mp  mute of check api until 13:45 GMT+1 by @anna: patches',
      '  open: group data (not measured) until 13:45 GMT+1',
      'Within a week',
      '  backup: check api at 13:30 GMT+1 for 45 min',
      '  patches: group data (not measured) at Tue 24 Nov 04:00 GMT+1 for 45 min',
      '  open: group data (not measured) at Tue 24 Nov 13:00 GMT+1 for 45 min',
    ]);
    const nothing = maintenanceReply(maintenancePlan([], [], noon), noon, 'channel');
    expect(nothing.terminal(berlin)).toBe('No maintenance now, and none planned within a week');
  });

  it('counts what is muted and what is in maintenance, each by its name', () => {
    const open = { ...patches, id: 'open', cron: '0 13 * * *' };
    const head = (windows: MaintenanceWindow[], silences: Silence[]) =>
      maintenanceReply(maintenancePlan(windows, silences, noon), noon, 'channel').slack();
    expect(head([], [mute]).text).toBe('🔕 1 muted now');
    expect(head([open], [mute, silenceOf()]).text).toBe('🔕 2 in maintenance, 1 muted now');
    expect(JSON.stringify(head([], [silenceOf()]).blocks)).toContain('maintenance of group data until <!date^');
    expect(head([patches], []).text).toBe('🔔 No maintenance now');
  });

  it('the end of a mute stands in the zone of whoever reads the reason', () => {
    const reason = 'muted until Tue 15:04 EST by @<ben> by night; measured fail: 503';
    const muted = { by: '@<ben>', until: mute.until };
    const text = rowText(checkReport('api', { outcome: 'muted', muted, reason }), noon);
    expect(text).toMatch(/\*: muted until <!date\^\d+\^\{time\}\|[^>]+> by .*&lt;ben&gt; by night; measured fail: 503/);
  });

  it('shows mutes in /ops health, quietly, and in the details with the way back', () => {
    const muted = { by: '@anna', until: mute.until, silence: 'x7k2mp' };
    const report = checkReport('api', { outcome: 'muted', muted });
    const answer = healthPost(healthReport([report, checkReport('web', { outcome: 'muted', muted })]), {
      now: noon,
      scope: '',
    });
    expect(JSON.stringify(answer)).toMatch(/🔕 2 muted until <!date\^\d+\^\{time\}\|[^>]+> by @\u2060?anna: api, web/);
    const details = (check: typeof report) =>
      JSON.stringify(
        detailsPost(
          {
            report: check,
            asks: '',
            everyMs: 1,
            units: {},
            series: null,
            strip: [],
            transitions: [],
            uptime: { day: null, month: null },
          },
          noon,
        ),
      );
    expect(details(report)).toContain('health.unmute');
    expect(details(report)).not.toContain('health.mute1h');
    expect(details(checkReport('api', { outcome: 'fail' }))).toContain('health.mute4h');
    expect(details(checkReport('api', { outcome: 'muted', muted: { by: 'patches' } }))).not.toContain('mute');
  });

  it('lets nothing that people wrote become a mention, a link or a move of the cursor', () => {
    const pieces = [
      '<!channel>',
      '@here',
      '<@U1>',
      '<https://x|y>',
      'https://evil.example',
      '*b*',
      '`',
      '\x1b[2J',
      '\n',
      '&',
      'a@b.example',
    ];
    const hostile = fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(hostile, hostile, hostile, (reason, name, id) => {
        const by = { id: 'slack:U1', name, mention: '<@U1>' };
        const silence = silenceOf({ reason, by, target: { kind: 'check', id } });
        const ended = { ...silence, ended: { at: noon, by: name } };
        const plan = maintenancePlan([{ ...patches, id, match: { group: name } }], [silence], noon);
        const replies = [
          mutedReply({ kind: 'muted', silence }, noon, 'thread'),
          begunReply(silence, noon, 'channel'),
          endedReply({ kind: 'ended', silence: ended, still: [silence] }, noon, 'thread'),
          maintenanceReply(plan, noon, 'channel'),
        ];
        const muted = { by: `@${name}`, until: silence.until, reason };
        const posts = [
          ...replies.map((reply) => reply.slack()),
          healthPost(healthReport([checkReport(id, { outcome: 'muted', muted })]), { now: noon, scope: '' }),
        ];
        for (const post of posts) {
          const live = mrkdwnTexts(post).flatMap((each) => liveTokens(each));
          expect(live.filter(({ kind }) => kind !== 'date')).toEqual([]);
        }
        for (const reply of replies) expect(reply.terminal(berlin)).not.toContain('\x1b');
      }),
      { numRuns: 300 },
    );
  });
});
