import { describe, expect, it } from 'vitest';
import type { SectionContext } from '../../../src/reports/section.ts';
import { reportMarkdown } from '../../../src/reports/views/text.ts';
import { service } from '../../support/health.ts';
import { morning, reportRoom, sectionOf } from '../../support/report-room.ts';
import { embeddedStore } from '../../support/store.ts';

const store = await embeddedStore();
const minute = 60_000;
const hour = 60 * minute;
const files = { morning: morning.replace('[verdict', '[spy, verdict') };

/** A section that remembers what time it was to tell of. */
function spying() {
  const spans: [from: Date, to: Date][] = [];
  const spy = sectionOf('spy', async ({ from, now }: SectionContext) => {
    spans.push([from, now]);
    return { title: 'Spy', attention: 'none', lines: [] };
  });
  return { spans, spy };
}

describe('the time that a report tells of', () => {
  it('begins where the one before it ended, also when that was made late, by hand or after missed slots', async () => {
    const { spans, spy } = spying();
    const room = await reportRoom(store, { checks: [service('api').check], files, sections: [spy] });
    // Its job waits for 72 minutes.
    room.clock.move(minute);
    await room.schedules.tick();
    room.clock.move(72 * minute);
    await room.queue.finish();
    const late = room.clock.now();
    await room.pass(2 * hour);
    await room.reports.ask('morning', { by: 'slack:U1', signal: new AbortController().signal });
    await room.pass(70 * hour);
    expect(spans.map(([from]) => from)).toEqual([new Date('2026-11-22T09:00:00Z'), late, late]);
    expect(spans[0]![1]).toEqual(late);
    const report = await room.reports.ofDay('morning', {
      from: new Date('2026-11-23T00:00:00Z'),
      to: new Date('2026-11-24T00:00:00Z'),
    });
    expect(reportMarkdown(report)).toContain('From Sun 22 Nov 09:00 UTC to Mon 23 Nov 10:12 UTC.');
  });

  it('calls nothing new that stood before a report whose checks could not be measured', async () => {
    const api = service('api');
    api.state.status = 500;
    const room = await reportRoom(store, { checks: [api.check] });
    await room.pass(minute);
    const { measure } = room.ports.health;
    room.ports.health.measure = () => {
      throw new Error('the checks are away');
    };
    await room.pass(24 * hour);
    room.ports.health.measure = measure;
    await room.pass(24 * hour);
    expect(room.said().map((said) => said.includes('*New*'))).toEqual([true, false, false]);
    expect(room.said()[1]).toContain('checks unknown');
    expect(room.said()[2]).toContain('*Open*  🔴 api:');
  });
});
