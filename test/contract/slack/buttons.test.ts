import fc from 'fast-check';
import { expect, it } from 'vitest';
import { outcomes } from '../../../src/health/model.ts';
import { detailsPost } from '../../../src/health/views/details.ts';
import { healthOnHome } from '../../../src/health/views/home.ts';
import { healthPost } from '../../../src/health/views/slack.ts';
import { checkReport, healthReport, noon } from '../../support/reports.ts';

/** What the buttons of a message carry: all `value`s, however deep. */
function carried(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(carried);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'action_id' in value && 'value' in value ? [String(value.value)] : [];
  return [...own, ...Object.values(value).flatMap(carried)];
}

const id = fc.stringMatching(/^[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,2}$/);

it('buttons of the health views carry ids of ops.yml and nothing of what was measured, said or typed', () => {
  fc.assert(
    fc.property(fc.uniqueArray(id, { minLength: 2, maxLength: 6 }), fc.constantFrom(...outcomes), (ids, outcome) => {
      const secret = 'PATIENT Ann';
      const [group = '', ...checks] = ids;
      const reports = checks.map((check) =>
        checkReport(check, {
          outcome,
          group,
          reason: secret,
          next: secret,
          owner: secret,
          notes: [secret],
          facts: { secret },
        }),
      );
      const details = {
        asks: secret,
        everyMs: 1_000,
        units: {},
        series: { fact: secret, unit: secret, points: [] },
        strip: [],
        transitions: [],
        uptime: { day: 1, month: 1 },
      };
      const posts = [
        healthPost(healthReport(reports, { warnings: [secret] }), { now: noon, scope: group }),
        ...reports.map((report) => detailsPost({ report, ...details }, noon)),
      ];
      const home = healthOnHome({
        ...{ report: healthReport(reports), strips: new Map(), owners: new Map([[group, secret]]), silences: [] },
        ...{ owned: { ids: new Set(checks) }, may: { mute: true, endMaintenance: true }, now: noon },
      });
      const values = [...posts.map(({ blocks }) => blocks), home.head, home.mine, home.board].flatMap(carried);
      expect(values.length).toBeGreaterThan(0);
      // Run again, on App Home, is about all of them.
      // To declare an incident is about one check.
      const known = ['', ...ids, ...ids.map((each) => `check:${each}`)];
      expect(values.filter((value) => !known.includes(value))).toEqual([]);
    }),
  );
});
