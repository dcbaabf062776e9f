import { describe, expect, it } from 'vitest';
import { PortError } from '../../../src/kernel/errors.ts';
import type { ReportPort } from '../../../src/reports/ports.ts';
import { service } from '../../support/health.ts';
import { morning, reportRoom } from '../../support/report-room.ts';
import { embeddedStore } from '../../support/store.ts';

const store = await embeddedStore();
const minute = 60_000;
const hour = 60 * minute;

describe('a report at its time', () => {
  it('is one line when all is well', async () => {
    const room = await reportRoom(store, { checks: [service('api').check, service('db').check] });
    await room.pass(minute);
    expect(room.said()).toEqual([
      expect.stringMatching(/^🟢 \*Morning report · Mon 23 Nov 09:00 UTC\* — 2\/2 ok · nothing open/),
    ]);
  });

  it('says what is new, and the next day that it is still open', async () => {
    const api = service('api', { owner: '@web', hint: 'look at the load balancer' });
    const room = await reportRoom(store, { checks: [api.check, service('db').check] });
    await room.pass(minute);
    api.state.status = 503;
    await room.pass(24 * hour);
    await room.pass(24 * hour);
    const [, second = '', third = ''] = room.said();
    expect(second).toMatch(/^🔴 \*Morning report · Tue 24 Nov 09:00 UTC\* — 1 fail of 2/);
    expect(second).toMatch(/\*New\* {2}🔴 api: status != 200 is true · since .* → look at the load balancer/);
    expect(second).not.toContain('*Open*');
    expect(third).toContain('*Open*  🔴 api:');
    expect(third).not.toContain('*New*');
  });

  it('comes once, whoever ticks and however often', async () => {
    const room = await reportRoom(store, { checks: [service('api').check] });
    const other = room.begin();
    room.clock.move(minute);
    await Promise.all([room.schedules.tick(), other.tick()]);
    await room.queue.finish();
    await other.tick();
    await room.queue.finish();
    expect(room.said()).toHaveLength(1);
  });

  it('is posted later, marked as late, and once when Slack is away at its time', async () => {
    const room = await reportRoom(store, { checks: [service('api').check] });
    room.workspace.fault('chat.postMessage', { kind: 'error', error: 'internal_error' }, 1_000);
    expect(await room.once(minute)).toEqual([]);
    expect(await room.once(0)).toHaveLength(1);
    room.clock.move(72 * minute);
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(room.said()).toEqual([
      expect.stringContaining('09:00 UTC* (72 min late) — 1/1 ok as of Mon 23 Nov 09:00 UTC'),
    ]);
  });

  it('says how old the answer of a check is that is not measured for it', async () => {
    const slow = service('slow', { everyMs: 6 * hour, timeoutMs: 60_000, staleAfterMs: 13 * hour });
    slow.state.status = 500;
    const room = await reportRoom(store, { checks: [service('api').check, slow.check] });
    await room.regular(['slow', 'api']);
    await room.pass(minute);
    await room.pass(0);
    expect(room.said()[0]).toContain('slow: status != 200 is true');
    expect(room.said()[0]).not.toContain('measured');
    room.clock.move(20 * hour);
    await room.regular(['slow', 'api']);
    await room.pass(4 * hour);
    expect(room.said()[1]).toMatch(/slow: status != 200 is true \(measured 4 h ago\)/);
    expect(room.said()[1]).not.toMatch(/api.*measured/);
  });

  it('is not posted again when the answer to its post was lost', async () => {
    let lost = 1;
    const port = (plain: ReportPort): ReportPort => ({
      ...plain,
      post: async (message) => {
        const at = await plain.post(message);
        if (lost-- > 0) throw new Error('the answer was lost');
        return at;
      },
    });
    const room = await reportRoom(store, { checks: [service('api').check], port });
    await room.pass(minute);
    expect(room.said()).toHaveLength(1);
    const [last] = await room.reports.list();
    expect(last?.last?.posted).toBe(true);
    // Found as it was then, it is edited to be as it is now.
    expect(await room.reports.find(last!.last!.id)).toMatchObject({ version: 1, shown: 1 });
  });

  it.each([
    ['missing', 'channel_not_found', /create it/],
    ['archived', 'is_archived', /unarchive it/],
    ['private without the bot', 'not_in_channel', /\/invite/],
  ])('goes to the fallback channel when its own is %s, and says why', async (_, error, remedy) => {
    const room = await reportRoom(store, {
      checks: [service('api').check],
      port: (plain) => ({
        ...plain,
        post: async (message) => {
          const daily = await plain.channelId('#ops-daily');
          if (message.channel !== daily) return plain.post(message);
          throw new PortError(error, `Slack: ${error}`, { retryable: false });
        },
      }),
    });
    await room.pass(minute);
    expect(room.said()).toEqual([]);
    const [said = ''] = room.said('#alerts');
    expect(said).toContain('1/1 ok');
    expect(said).toContain('It belongs to #ops-daily');
    expect(said).toMatch(remedy);
  });

  it('says where it belongs also when it was edited, in the fallback channel', async () => {
    const api = service('api');
    api.state.status = 500;
    const room = await reportRoom(store, {
      checks: [api.check],
      port: (plain) => ({
        ...plain,
        post: async (message) => {
          if (message.channel !== (await plain.channelId('#ops-daily'))) return plain.post(message);
          throw new PortError('is_archived', 'Slack: is_archived', { retryable: false });
        },
      }),
    });
    await room.pass(minute);
    await room.reports.acknowledge({ actor: 'slack:U0ANNA0001', request: 'ABC123' }, ['check/api'], '<@U0ANNA0001>');
    await room.queue.finish();
    const [said = ''] = room.said('#alerts');
    expect(said).toContain('<@U0ANNA0001> has it');
    expect(said).toContain('It belongs to #ops-daily');
  });

  it('keeps to a screen however much is wrong, and has the rest in its thread', async () => {
    const checks = Array.from({ length: 66 }, (_, at) => service(`check-${at}`));
    for (const { state } of checks) state.status = 500;
    const room = await reportRoom(store, { checks: checks.map(({ check }) => check) });
    await room.pass(minute);
    const [said = ''] = room.said();
    expect(said.split('\n').length).toBeLessThan(25);
    expect(said).toContain('… and 61 more in the thread');
    const all = JSON.stringify(room.workspace.messages('#ops-daily'));
    for (const { check } of checks) expect(all).toContain(`/ ${check.id}"`);
  });

  it('has its tables though the process ended right after the post', async () => {
    let ends = 1;
    const room = await reportRoom(store, {
      checks: [service('api').check],
      files: { morning: `${morning}quiet: full\n` },
      ports: {
        timers: {
          set: async () => {},
          cancel: async () => {
            if (ends-- > 0) throw new Error('the process ended');
          },
        },
      },
    });
    await room.pass(minute);
    expect(room.said()).toHaveLength(1);
    expect(JSON.stringify(room.workspace.messages('#ops-daily'))).toContain('All checks');
  });

  it('is not posted again in its own channel when that is mended after it went to the fallback', async () => {
    let archived = true;
    let ends = 1;
    const room = await reportRoom(store, {
      checks: [service('api').check],
      port: (plain) => ({
        ...plain,
        post: async (message) => {
          const daily = await plain.channelId('#ops-daily');
          if (message.channel !== daily || !archived) return plain.post(message);
          throw new PortError('is_archived', 'Slack: is_archived', { retryable: false });
        },
      }),
      ports: {
        timers: {
          set: async () => {},
          cancel: async () => {
            archived = false;
            if (ends-- > 0) throw new Error('the process ended');
          },
        },
      },
    });
    await room.pass(minute);
    expect(room.said('#alerts')).toHaveLength(1);
    expect(room.said()).toEqual([]);
  });

  it('names an audience that nobody can mention, and mentions nobody when all that is bad is snoozed', async () => {
    const api = service('api');
    api.state.status = 500;
    const files = { morning: `${morning}audience: ["@web", "@gone <!channel>"]\n` };
    const room = await reportRoom(store, { checks: [api.check], files });
    await room.pass(minute);
    expect(room.said()[0]).toMatch(/1 fail of 1 <@U0ANNA0001> @.?gone &lt;!channel&gt;/);
    const until = new Date(room.clock.now().getTime() + 48 * hour);
    await room.reports.snooze({ actor: 'slack:U1', request: 'A' }, ['check/api'], { by: '<@U1>', until });
    await room.pass(24 * hour);
    expect(room.said()[1]).toContain('1 fail');
    expect(room.said()[1]).not.toContain('<@U0ANNA0001>');
  });

  it('posts nothing on a quiet day where its file says so, and is not missed', async () => {
    const quiet = `${morning}quiet: none\n`;
    const api = service('api');
    const room = await reportRoom(store, { checks: [api.check], files: { morning: quiet } });
    await room.pass(minute);
    await room.pass(hour);
    expect([...room.said(), ...room.said('#alerts')]).toEqual([]);
    api.state.status = 500;
    await room.pass(23 * hour);
    expect(room.said()).toHaveLength(1);
  });

  it('mentions its audience only when somebody has to do something', async () => {
    const api = service('api');
    const room = await reportRoom(store, { checks: [api.check], files: { morning: `${morning}audience: "@web"\n` } });
    await room.pass(minute);
    api.state.status = 500;
    await room.pass(24 * hour);
    const [calm = '', loud = ''] = room.said();
    expect(calm).not.toContain('<@U0ANNA0001>');
    expect(loud).toContain('<@U0ANNA0001>');
  });

  it('is not made on a holiday where its file says so', async () => {
    const files = { morning: morning.replace('"09:00"', '{at: "09:00", holidays: skip}') };
    const team = { name: 'Test', zone: 'UTC', holidays: ['2026-11-23'] };
    const room = await reportRoom(store, { checks: [service('api').check], files, ops: { team } });
    await room.pass(minute);
    expect(room.said()).toEqual([]);
    await room.pass(24 * hour);
    expect(room.said()).toHaveLength(1);
  });
});
