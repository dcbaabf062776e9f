import { expect, test } from 'vitest';
import { checkOf } from '../../support/checks.ts';
import { all, final, healthOf, unhurried } from '../../support/health.ts';
import { conditionsOf } from '../../support/judging.ts';

test('a fact for rules only is judged, and neither shown nor stored', async () => {
  const specs = {
    page: { type: 'string', help: 'whole page', hidden: true },
    size: { type: 'number', help: 'its size' },
  } as const;
  const check = checkOf(async () => ({ facts: { page: 'patient Ada Lovelace MAINTENANCE', size: 32 } }), {
    fail: conditionsOf(["page.contains('MAINTENANCE')", 'size(page) > 3', "page != 'welcome'"], specs),
  });
  check.definition = { ...check.definition, facts: () => specs };
  const { health, store } = await healthOf([check]);
  const report = await final(health.measure({ scope: all, signal: unhurried }));
  expect(report.checks[0]).toMatchObject({ outcome: 'fail', facts: { size: 32 } });
  expect(JSON.stringify(report.checks[0]?.facts)).not.toContain('Lovelace');
  const { rows } = await store.pool.query(
    'select row_to_json(s)::text as kept from check_state s union all select row_to_json(r)::text from check_result r',
  );
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toContain('Lovelace');
});
