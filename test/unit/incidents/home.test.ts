import { expect, it } from 'vitest';
import { incidentsOnHome } from '../../../src/incidents/views/home.ts';
import { openLines } from '../../../src/incidents/views/list.ts';
import { incidentOf, noon } from './sample.ts';

const anna = { id: 'slack:U0ANNA0001', mention: '<@U0ANNA0001>' };
const ben = { id: 'slack:U0BEN00001', mention: '<@U0BEN00001>' };
const home = (over: Partial<Parameters<typeof incidentsOnHome>[0]>) =>
  incidentsOnHome({ open: [], clocks: [], tasks: [], viewer: ben, mayAct: true, now: noon, ...over });
const acknowledged = { at: noon, by: ben.mention, id: ben.id };

it('says nothing on top while nothing is open, and offers to declare', () => {
  const { head, mine, board } = home({});
  expect([head, mine]).toEqual([[], []]);
  expect(JSON.stringify(board)).toContain('incident.declare');
  expect(home({ mayAct: false }).board).toEqual([]);
});

it('says on top how many are open, and what of them needs somebody', () => {
  const words = (open: ReturnType<typeof incidentOf>[]) => JSON.stringify(home({ open }).head);
  expect(words([incidentOf()])).toContain('🔴 *1 incident is open* · nobody is on it');
  expect(words([incidentOf({ acknowledged }), incidentOf()])).toContain(
    '*2 incidents are open* · nobody is on 1 of them',
  );
  const late = { acknowledged, nextUpdateAt: new Date(noon.getTime() - 1) };
  expect(words([incidentOf(late)])).toContain('🟠 *1 incident is open* · 1 update is overdue');
  expect(words([incidentOf({ ...late, paused: { at: noon, by: 'Anna' } })])).not.toContain('overdue');
});

it('shows as theirs what they declared, are on, or have a role in, with what can be done', () => {
  const mine = (over: Parameters<typeof incidentOf>[0]) => JSON.stringify(home({ open: [incidentOf(over)] }).mine);
  expect(mine({})).toBe('[]');
  expect(mine({ declaredBy: ben })).toContain('incident.acknowledge');
  expect(mine({ acknowledged })).not.toContain('incident.acknowledge');
  expect(mine({ roles: { scribe: { ...ben, since: noon } } })).toContain('"value":"42:commander"');
  const watched = JSON.stringify(home({ open: [incidentOf({ declaredBy: ben })], mayAct: false }).mine);
  expect(watched).not.toContain('incident.acknowledge');
});

it('says who must be told until when, and on top that somebody was not told in time', () => {
  const [incident, other] = [incidentOf({ declaredBy: ben }), incidentOf({ id: 43 })];
  const clock = (who: string, inMs: number, over = {}) => ({
    ...{ incident, kind: 'stakeholder' as const, what: `Tell ${who}`, dueAt: new Date(noon.getTime() + inMs), ...over },
  });
  const clocks = [
    ...[clock('<!channel>', -1), clock('update', 0, { kind: 'update' }), clock('Legal', 60_000)],
    ...[clock('Board', 120_000), clock('Press', 180_000)],
  ];
  const { head, mine, board } = home({ open: [incident, other], clocks });
  const [first, second] = board!.map((row) => JSON.stringify(row).replaceAll(/<!date[^>]+>/g, 'TIME'));
  expect(first).toContain(
    'Tell &lt;!channel&gt; overdue since TIME · Tell Legal due TIME · Tell Board due TIME · 1 more"',
  );
  expect(second).not.toContain('Tell');
  expect(JSON.stringify(mine)).toContain('Tell Legal');
  expect(JSON.stringify(head)).toContain(' · 1 stakeholder was not told in time');
  const asleep = { ...incident, paused: { at: noon, by: 'Anna' } };
  const paused = home({ open: [asleep], clocks: [{ ...clocks[0]!, incident: asleep }] });
  expect(JSON.stringify(paused.head)).not.toContain('told in time');
});

it('shows the title of a private one to those in it, and none where PHI may be involved', () => {
  expect(JSON.stringify(home({ open: [incidentOf({ private: true })] }).board)).toContain('API is down');
  expect(JSON.stringify(home({ open: [incidentOf({ phi: true })] }).board)).not.toContain('API is down');
});

it('keeps within what a page takes, however many there are', () => {
  const open = Array.from({ length: 200 }, (_, id) => incidentOf({ id, declaredBy: ben }));
  const { mine, board } = home({ open });
  expect(mine!.length).toBeLessThanOrEqual(30);
  expect(board!.length).toBeLessThanOrEqual(60);
  expect(JSON.stringify(board)).toContain('and 188 more');
});

it('a line says the state, the age, who is on it, who commands it, what is due and where', () => {
  const now = new Date(noon.getTime() + 200_000);
  const incident = incidentOf({
    ...{ acknowledged, mitigated: { at: noon, by: 'Anna' }, nextUpdateAt: new Date(noon.getTime() + 600_000) },
    ...{ roles: { commander: { ...anna, since: noon } }, home: { channel: 'C0HOME0001', name: 'inc-42' } },
  });
  expect(openLines(incident, now).replaceAll(/<!date[^>]+>/g, 'TIME')).toBe(
    '*🟠 INC-42 P0 Critical: API is down* · for 3 min · mitigated\n' +
      '<@U0BEN00001> is on it since TIME · Commander <@U0ANNA0001> · update due TIME · <#C0HOME0001>',
  );
  expect(openLines(incidentOf(), noon)).toContain('just now\nPaging … · Commander: nobody');
});
