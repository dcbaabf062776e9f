import { expect, it } from 'vitest';
import type { CheckReport } from '../../../src/health/model.ts';
import { watchedClinic } from '../../support/demo.ts';
import { eventually } from '../../support/eventually.ts';

const said = (reports: Map<string, CheckReport>, ids: string[]) =>
  Object.fromEntries(ids.map((id) => [id, [reports.get(id)?.outcome, reports.get(id)?.reason, reports.get(id)?.next]]));
const notOk = (reports: Map<string, CheckReport>) =>
  [...reports.values()]
    .filter(({ outcome }) => outcome !== 'ok')
    .map(({ id, outcome, reason }) => ({ id, outcome, reason }));

/** By switch: the checks that notice it, the words in which they say so, and what to do where one page has several checks. */
const effects: Record<string, Record<string, [outcome: string, reason: RegExp, next?: RegExp]>> = {
  api: {
    api: ['fail', /503/],
    'api-metrics': ['blocked', /api/],
    'api-logins': ['blocked', /api/],
    portal: ['blocked', /api/],
  },
  slow: {
    api: ['warn', /^latency_ms .*2[.,]?\d/],
    'api-metrics': ['warn', /^json\.database\.latency 240/, /database busy/],
  },
  database: {
    api: ['fail', /degraded|disconnected/],
    database: ['fail', /^connection refused$/],
    'failed-logins': ['blocked', /database/],
    backup: ['blocked', /database/],
  },
  certificate: { certificate: ['fail', /expires in 5 days, on \d{4}-\d\d-\d\d \(limit 7\)/] },
  logins: {
    'failed-logins': ['fail', /^1[23]\d failed logins in 24 h from \d+ addresses \(limit 100\)$/],
    'api-logins': ['warn', /^1[12]\d failed logins in the last hour \(limit 10\)$/, /tries passwords/],
  },
  backup: { backup: ['fail', /^the last good backup ended [2-5]\d(\.\d)? h ago \(limit 26 h\)$/] },
};

it('all is well at first; each switch is noticed by its checks, with reason and next step, and repaired', async () => {
  const { clinic, look } = await watchedClinic();
  expect(clinic.switches().map(({ id }) => id)).toEqual(Object.keys(effects));
  // A busy machine may be slow to answer.
  await eventually(async () => expect(notOk(await look())).toEqual([]));
  for (const [id, expected] of Object.entries(effects)) {
    await clinic.set(id, true);
    expect(clinic.switches().filter(({ on }) => on)).toMatchObject([{ id }]);
    const reports = await look();
    expect({ [id]: said(reports, Object.keys(expected)) }).toEqual({
      [id]: Object.fromEntries(
        Object.entries(expected).map(([check, [outcome, reason, next]]) => [
          check,
          [outcome, expect.stringMatching(reason), next ? expect.stringMatching(next) : reports.get(check)?.next],
        ]),
      ),
    });
    for (const { outcome, next, owner } of reports.values()) {
      if (outcome === 'fail' || outcome === 'warn')
        expect([next, owner]).toEqual([expect.any(String), expect.any(String)]);
    }
    await clinic.set(id, false);
    await eventually(async () => expect({ [id]: notOk(await look()) }).toEqual({ [id]: [] }));
  }
}, 120_000);
