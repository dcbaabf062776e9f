import { expect, it } from 'vitest';
import { concerns } from '../../../../src/incidents/timeline/checks.ts';

const checks = [
  { id: 'api', group: 'web', dependsOn: ['main-db'] },
  { id: 'site', group: 'web', dependsOn: [] },
  { id: 'ivr', group: 'calls', dependsOn: ['api'] },
  { id: 'main-db', group: 'data', dependsOn: [] },
  { id: 'backup', group: 'data', dependsOn: [] },
];
const group = (id: string) => checks.find((check) => check.id === id)?.group ?? 'gone';

it.each([
  ['api', '', 'api', 'origin'],
  ['api', '', 'site', 'related'],
  ['api', '', 'main-db', 'related'],
  ['api', '', 'ivr', 'related'],
  ['api', '', 'backup', undefined],
  // Its check was taken out of the configuration meanwhile.
  ['gone', '', 'gone', 'origin'],
  ['gone', '', 'api', undefined],
  [undefined, '', 'api', undefined],
  [undefined, 'API, IVR', 'api', 'named'],
  [undefined, 'the Main-DB; calls', 'main-db', 'named'],
  [undefined, 'calls', 'ivr', 'named'],
  [undefined, 'apical things', 'api', undefined],
])('declared from %s, about "%s": a change of %s is %s', (check, systems, checkId, expected) => {
  expect(concerns({ check, systems }, { checkId, group: group(checkId) }, checks)).toBe(expected);
});
