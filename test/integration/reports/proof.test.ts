import { describe, expect, it } from 'vitest';
import { createSchedules } from '../../../src/jobs/schedules.ts';
import { PortError } from '../../../src/kernel/errors.ts';
import { service } from '../../support/health.ts';
import { morning, reportRoom, sectionOf } from '../../support/report-room.ts';
import { embeddedStore } from '../../support/store.ts';

const store = await embeddedStore();
const minute = 60_000;
const hour = 60 * minute;
const owned = `${morning}owner: "@dba"\nfallback: "#incidents"\n`;

describe('a report that is not there in time', () => {
  it('is missed aloud in the fallback channel, once, with its owner and the reason', async () => {
    const room = await reportRoom(store, {
      checks: [service('api').check],
      files: { morning: owned },
      port: (plain) => ({
        ...plain,
        post: async (message) => {
          if (message.channel === (await plain.channelId('#ops-daily')))
            throw new PortError('timeout', 'Slack takes too long', { retryable: true });
          return plain.post(message);
        },
      }),
    });
    await room.once(minute);
    await room.once(0);
    expect(room.said('#incidents')).toEqual([]);
    await room.once(10 * minute);
    await room.once(hour);
    const [said = '', ...more] = room.said('#incidents');
    expect(more).toEqual([]);
    expect(said).toContain('Morning report of Mon 23 Nov 09:00 UTC is not posted');
    expect(said).toContain('<!subteam^S0ONCALL01>');
    expect(said).toContain('Slack takes too long');
    expect(said).toContain('/ops report morning');
  });

  it('is missed aloud in its own channel when the fallback cannot be posted to; an owner is named as text', async () => {
    const room = await reportRoom(store, {
      checks: [service('api').check],
      files: { morning: owned.replace('@dba', '<!channel>') },
      port: (plain) => ({
        ...plain,
        post: async (message) => {
          if (message.channel !== (await plain.channelId('#incidents'))) return plain.post(message);
          throw new PortError('is_archived', 'Slack: is_archived', { retryable: false });
        },
      }),
    });
    // It is never made: the queue has lost its job.
    room.clock.move(minute);
    await room.schedules.tick();
    room.queue.waiting.splice(0);
    await room.pass(11 * minute);
    expect(room.said()).toEqual([expect.stringContaining('is not posted* &lt;!channel&gt;')]);
    expect(room.log.lines.some(({ message }) => message === 'a report is not posted in time')).toBe(true);
  });

  it('is left to a replica that has its file, and is missed aloud when there is none', async () => {
    const files = { morning: owned };
    const room = await reportRoom(store, { checks: [service('api').check], files });
    const had = room.files.all();
    const here = new Map(had);
    room.ports.files.all = () => here;
    here.clear();
    expect(await room.once(minute)).toEqual([expect.objectContaining({ reason: 'no_file' })]);
    here.set('morning', had.get('morning')!);
    await room.queue.finish();
    expect(room.said()).toHaveLength(1);
    here.clear();
    room.clock.move(24 * hour);
    await room.schedules.tick();
    await room.queue.run({ attempt: 61 });
    await room.pass(11 * minute);
    expect(room.said('#alerts')).toEqual([expect.stringContaining('there is no file templates/reports/morning.yml')]);
  });

  it('quotes nothing of an error of ours', async () => {
    const room = await reportRoom(store, {
      checks: [service('api').check],
      files: { morning: owned },
      port: (plain) => ({
        ...plain,
        post: async (message) => {
          if (message.channel !== (await plain.channelId('#ops-daily'))) return plain.post(message);
          throw new TypeError('cannot read sk-12345');
        },
      }),
    });
    await room.once(minute);
    await room.once(0);
    await room.once(10 * minute);
    expect(room.said('#incidents')[0]).toContain('it failed: the log says why');
  });

  it('is not missed when it is there', async () => {
    const room = await reportRoom(store, { checks: [service('api').check], files: { morning: owned } });
    await room.pass(minute);
    await room.pass(hour);
    expect(room.said('#incidents')).toEqual([]);
    expect(room.said()).toHaveLength(1);
  });
});

describe('a section', () => {
  const file = `${morning.trim()}\n`.replace('[verdict', '[broken, verdict');

  it('that throws is unknown with its reason; the rest stands', async () => {
    const broken = sectionOf('broken', async () => {
      throw new Error('secret sk-12345 in a stack');
    });
    const room = await reportRoom(store, {
      checks: [service('api').check],
      files: { morning: file },
      sections: [broken],
    });
    await room.pass(minute);
    const [said = ''] = room.said();
    expect(said).toMatch(/^⚪ .*1\/1 ok/);
    expect(said).toContain('*Broken*  ⚪ unknown: it failed: the log says why');
    expect(said).toContain('nothing open');
    expect(said).not.toContain('sk-12345');
  });

  it('that hangs is unknown after its time; the rest stands', async () => {
    const broken = sectionOf('broken', () => new Promise(() => {}));
    const room = await reportRoom(store, {
      ...{ checks: [service('api').check], files: { morning: file }, sections: [broken] },
      ports: { sectionMs: 50 },
    });
    await room.pass(minute);
    expect(room.said()[0]).toContain('unknown: it took more than');
    expect(room.said()[0]).toContain('1/1 ok');
  });
});

describe('a downtime across three slots', () => {
  const hourly = (missed: string) => `title: Hourly\nschedule: "0 * * * *"\nmissed: ${missed}\nsections: [verdict]\n`;

  it.each([
    ['latest', ['Mon 23 Nov 12:00 UTC']],
    ['skip', []],
  ])('with missed: %s', async (missed, slots) => {
    const files = { hourly: hourly(missed) };
    const room = await reportRoom(store, { checks: [service('api').check], files });
    // Nothing runs: neither this process's schedules nor another's.
    room.clock.move(3 * hour + 20 * minute);
    const again = createSchedules({ ...room.ports, schedules: room.reports.schedules() });
    await again.tick();
    await room.queue.finish();
    const said = room.said();
    expect(said.map((text) => /· (.*?)\*/.exec(text)?.[1])).toEqual(slots);
    if (slots.length > 0) expect(said[0]).toContain('(19 min late)');
    // And on as planned.
    room.clock.move(41 * minute);
    await again.tick();
    await room.queue.finish();
    expect(room.said().at(-1)).toContain('13:00 UTC*');
    expect(room.said()).toHaveLength(slots.length + 1);
  });
});
