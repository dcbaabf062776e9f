import { expect, test } from 'vitest';
import { Secret } from '../../../src/kernel/secret.ts';
import { checkWith, parse, problemOf, problemsOf } from './sample.ts';

const minimal = 'checks:\n  - {id: api, web: {url: "https://a.example"}, fail: status != 200}\n';

test('only checks are needed; everything else has a default', () => {
  const ops = parse(minimal);
  expect(ops).toMatchObject({
    team: { name: 'Operations', zone: 'UTC', holidays: [] },
    slack: {},
    roles: {},
    maintenance: [],
    limits: { concurrent: 200, perLane: 64, sweepDeadlineMs: 20_000 },
    missingSecrets: [],
  });
  expect(ops.dir).toBe(process.cwd());
  expect(ops.file).toBe(`${process.cwd()}/ops.yml`);
  expect(ops.scriptDirs).toEqual([`${process.cwd()}/checks`]);
  expect([...ops.groups.keys()]).toEqual(['general']);
  expect(ops.checks[0]).toMatchObject({
    id: 'api',
    type: 'web',
    group: 'general',
    target: { url: 'https://a.example', headers: {}, method: 'GET' },
    everyMs: 300_000,
    timeoutMs: 5_000,
    attempts: 2,
    retryDelayMs: 500,
    openAfter: { hits: 2, of: 3 },
    closeAfter: 2,
    staleAfterMs: 900_000,
    heldForMs: 0,
    dependsOn: [],
  });
});

test('every section is read into its model', () => {
  const ops = parse(`
version: 1
team: {name: Holi, zone: America/New_York, business_hours: "Mon-Fri 08:00-18:00", holidays: [2026-11-26]}
slack: {daily: "#ops-daily", alerts: C012ABC}
roles: {responder: ["@oncall", U012ABC], admin: os:anna}
groups: {data: {owner: "@dba", runbook: database-failure, channel: "#data-alerts", slo: 99.9%}, empty: }
checks:
  - {id: api, web: {url: "https://a.example"}, fail: status != 200, group: data}
maintenance:
  - {id: patch, match: {group: data}, cron: "0 4 * * 0", for: 45m}
  - {id: move, match: {check: api}, cron: "0 4 * * 0", zone: UTC, for: 1h, mode: skip}
scripts: {allow: [./probes, /opt/probes]}
limits: {concurrent: 50, per_lane: 5, sweep_deadline: 10s}
`);
  expect(ops.team).toEqual({
    name: 'Holi',
    zone: 'America/New_York',
    businessHours: 'Mon-Fri 08:00-18:00',
    holidays: ['2026-11-26'],
  });
  expect(ops.slack).toEqual({ daily: '#ops-daily', alerts: 'C012ABC' });
  expect(ops.roles).toEqual({ responder: ['@oncall', 'U012ABC'], admin: ['os:anna'] });
  expect(ops.groups.get('data')).toEqual({
    id: 'data',
    owner: '@dba',
    runbook: 'database-failure',
    channel: '#data-alerts',
    sloPercent: 99.9,
  });
  expect([...ops.groups.keys()]).toEqual(['data', 'empty', 'general']);
  expect(ops.maintenance).toEqual([
    {
      id: 'patch',
      match: { group: 'data' },
      cron: '0 4 * * 0',
      zone: 'America/New_York',
      forMs: 2_700_000,
      mode: 'mute',
    },
    { id: 'move', match: { check: 'api' }, cron: '0 4 * * 0', zone: 'UTC', forMs: 3_600_000, mode: 'skip' },
  ]);
  expect(ops.scriptDirs).toEqual([`${process.cwd()}/probes`, '/opt/probes']);
  expect(ops.limits).toEqual({ concurrent: 50, perLane: 5, sweepDeadlineMs: 10_000 });
  expect(ops.checks[0]).toMatchObject({ owner: '@dba', runbook: 'database-failure' });
});

test('a check beats the defaults section, and its own owner beats the group', () => {
  const [one, two] = parse(`
defaults: {every: 1m, timeout: 2s, attempts: 3, retry_delay: 1s, open_after: 3, close_after: 4, stale_after: 10m}
groups: {data: {owner: "@dba"}}
checks:
  - {id: one, group: data, web: {url: "https://a.example"}, fail: status != 200}
  - {id: two, group: data, owner: Anna, web: {url: "https://a.example"}, fail: status != 200, every: 1h, timeout: 10s,
     attempts: 1, retry_delay: 0s, open_after: 1 of 2, close_after: 1, stale_after: 2.5x, held_for: 5m, hint: Look}
`).checks;
  expect(one).toMatchObject({
    owner: '@dba',
    everyMs: 60_000,
    timeoutMs: 2_000,
    attempts: 3,
    retryDelayMs: 1_000,
    openAfter: { hits: 3, of: 3 },
    closeAfter: 4,
    staleAfterMs: 600_000,
  });
  expect(two).toMatchObject({
    owner: 'Anna',
    hint: 'Look',
    everyMs: 3_600_000,
    timeoutMs: 10_000,
    attempts: 1,
    retryDelayMs: 0,
    openAfter: { hits: 1, of: 2 },
    closeAfter: 1,
    staleAfterMs: 9_000_000,
    heldForMs: 300_000,
  });
});

test('secrets become references, and those without a value are listed', () => {
  const text = `
checks:
  - {id: a, web: {url: "https://a.example", headers: {authorization: {secret: API_TOKEN}}}, fail: status != 200}
  - {id: b, database: {dsn: {secret: DSN}}}
  - {id: c, database: {dsn: {secret: DSN}}}
`;
  const ops = parse(text);
  expect(ops.checks[0]?.target).toMatchObject({ headers: { authorization: new Secret('API_TOKEN') } });
  expect(ops.missingSecrets).toEqual(['API_TOKEN', 'DSN']);
  expect(parse(text, { DSN: 'postgres://h/d', API_TOKEN: '' }).missingSecrets).toEqual(['API_TOKEN']);
});

test.each([
  ['every: 5', 'checks[0].every', '5'],
  ['every: 5 minutes', 'checks[0].every', '"5 minutes"'],
  ['every: 1ms', 'checks[0].every', '"1ms"'],
  ['every: 4s', 'checks[0].every', '"4s"'],
  ['timeout: 2h', 'checks[0].timeout', '"2h"'],
  ['attempts: 0', 'checks[0].attempts', '0'],
  ['attempts: 1.5', 'checks[0].attempts', '1.5'],
  ['open_after: 4 of 3', 'checks[0].open_after', '"4 of 3"'],
  ['close_after: many', 'checks[0].close_after', '"many"'],
  ['stale_after: 0.5x', 'checks[0].stale_after', '"0.5x"'],
  ['stale_after: 1m', 'checks[0].stale_after', '1 min'],
  ['held_for: soon', 'checks[0].held_for', '"soon"'],
  ['hint:', 'checks[0].hint', 'nothing'],
  ['runbook: "two words"', 'checks[0].runbook', '"two words"'],
  ['group: Data', 'checks[0].group', '"Data"'],
  ['group: date', 'checks[0].group', 'unknown group "date"'],
  ['depends_on: ap', 'checks[0].depends_on', 'unknown check "ap"'],
  ['depends_on: [ap]', 'checks[0].depends_on[0]', 'unknown check "ap"'],
  ['depends_on: api', 'checks[0].depends_on', 'a circle: api → api'],
  ['warn: [{when: "status > 1", says: x}]', 'checks[0].warn[0].says', 'unknown key "says"'],
  ['warn: ["status > 1", ""]', 'checks[0].warn[1]', '""'],
  ['warn: ["status > 1", "statuss > 1"]', 'checks[0].warn[1]', 'unknown fact "statuss"'],
  ['warn: statuss > 1', 'checks[0].warn', 'unknown fact "statuss"'],
  ['clear: nonsense', 'checks[0].clear', 'no comparison'],
  ['defaults: maybe', 'checks[0].defaults', '"maybe"'],
  [
    'warn: status > 2 * baseline(status)\nevery: 2d',
    'checks[0].every',
    'every 2 d, and `status > 2 * baseline(status)` compares with the days before',
  ],
  [
    'warn: status > 2 * baseline(status)\nevery: 5h',
    'checks[0].every',
    'every 5 h, and `status > 2 * baseline(status)` compares with the days before',
  ],
  [
    'warn: status > 2 * baseline(status)\nevery: 61m',
    'checks[0].every',
    'every 1 h 1 min, and `status > 2 * baseline(status)` compares with the days before',
  ],
  ['attempts: 10\ntimeout: 1m', 'checks[0].timeout', 'attempts that take up to 10 min 5 s (10 × 1 min + 9 × 500 ms)'],
])('%s in a check is refused', (line, path, found) => {
  expect(problemOf(checkWith(line))).toMatchObject({
    path,
    found,
    check: 'api',
    line: 5 + (line.split('\n').length - 1),
  });
});

test.each(['7m', '50m', '1h', '90m', '2h', '6h', '12h', '1d'])('every %s has days to compare with', (every) => {
  const { checks } = parse(checkWith(`warn: status > 2 * baseline(status)\nevery: ${every}`));
  expect(checks).toHaveLength(1);
});

test.each([
  ['version: 2', 'version', '2'],
  ['team: {zone: Amerika/New_York}', 'team.zone', '"Amerika/New_York"'],
  ['team: {zone: "+02:00"}', 'team.zone', '"+02:00"'],
  ['team: {business_hours: always}', 'team.business_hours', '"always"'],
  ['team: {holidays: [2026-02-30]}', 'team.holidays[0]', '"2026-02-30"'],
  ['slack: {daily: #ops\n}', 'slack.daily', 'nothing'],
  ['slack: {daily: "ops daily"}', 'slack.daily', '"ops daily"'],
  ['roles: {oparator: ["@a"]}', 'roles.oparator', 'unknown key "oparator"'],
  ['roles: {admin: [anna]}', 'roles.admin[0]', '"anna"'],
  ['roles: {admin: ["@oncall", "@here"]}', 'roles.admin[1]', '"@here"'],
  ['roles: {responder: "os:"}', 'roles.responder', '"os:"'],
  ['groups: {Data: {}}', 'groups.Data', 'key "Data"'],
  ['groups: {data: {slo: 120%}}', 'groups.data.slo', '"120%"'],
  ['groups: {data: {channel: data-alerts}}', 'groups.data.channel', '"data-alerts"'],
  ['groups: {data: {ovner: x}}', 'groups.data.ovner', 'unknown key "ovner"'],
  ['maintenance: [{id: a, match: {}, cron: "0 4 * * 0", for: 1h}]', 'maintenance[0].match', 'a map'],
  [
    'maintenance: [{id: a, match: {group: x}, cron: "0 4 * * 0", for: 1h}]',
    'maintenance[0].match.group',
    'unknown group "x"',
  ],
  [
    'maintenance: [{id: a, match: {check: x}, cron: "0 4 * * 0", for: 1h}]',
    'maintenance[0].match.check',
    'unknown check "x"',
  ],
  ['maintenance: [{id: a, match: {check: api}, cron: "61 4 * * 0", for: 1h}]', 'maintenance[0].cron', '"61 4 * * 0"'],
  ['maintenance: [{id: a, match: {check: api}, cron: "0 0 4 * * 0", for: 1h}]', 'maintenance[0].cron', '"0 0 4 * * 0"'],
  ['maintenance: [{id: a, match: {check: api}, for: 1h}]', 'maintenance[0].cron', 'nothing'],
  ['scripts: {allow: ./checks}', 'scripts.allow', '"./checks"'],
  ['heartbeat: {url: watchdog.example}', 'heartbeat.url', '"watchdog.example"'],
  ['heartbeat: {}', 'heartbeat.url', 'nothing'],
  ['limits: {sweep_deadline: 20}', 'limits.sweep_deadline', '20'],
  ['limits: {concurrent: 0}', 'limits.concurrent', '0'],
  ['defaults: {evry: 5m}', 'defaults.evry', 'unknown key "evry"'],
  ['slak: {}', 'slak', 'unknown key "slak"'],
])('%s is refused', (line, path, found) => {
  expect(problemOf(`${line}\n${minimal}`)).toMatchObject({ path, found, line: 1 });
});

test("the watchdog's address may be a secret, which is missed like those of checks", () => {
  const ops = parse(`heartbeat: {url: {secret: WATCHDOG}}\n${minimal}`);
  expect(String(ops.heartbeat?.url)).toBe('[secret WATCHDOG]');
  expect(ops.missingSecrets).toEqual(['WATCHDOG']);
  expect(parse(`heartbeat: {url: "https://watch.example/x"}\n${minimal}`).heartbeat?.url).toBe(
    'https://watch.example/x',
  );
});

test('the shortest rhythm is that of the schedule', () => {
  expect(parse(checkWith('every: 5s\ntimeout: 1s')).checks[0]?.everyMs).toBe(5_000);
});

test('ids are used once, among checks and among windows', () => {
  const check = '{id: api, web: {url: "https://a.example"}, fail: status != 200}';
  expect(problemOf(`checks:\n  - ${check}\n  - ${check}\n`)).toEqual({
    path: 'checks[1].id',
    line: 3,
    found: 'id "api" again',
    allowed: 'an id of its own: entry 1 has it',
  });
  const window = '{id: a, match: {check: api}, cron: "0 4 * * 0", for: 1h}';
  expect(problemOf(`${minimal}maintenance: [${window}, ${window}]`).path).toBe('maintenance[1].id');
});

test('a circle of dependencies is reported once, with its way round', () => {
  const check = (id: string, on: string) =>
    `  - {id: ${id}, web: {url: "https://a.example"}, fail: status != 200, depends_on: [${on}]}\n`;
  const text = `checks:\n${check('a', 'b')}${check('b', 'c')}${check('c', 'a')}${check('d', 'a')}`;
  expect(problemOf(text)).toMatchObject({ line: 4, check: 'c', found: 'a circle: a → b → c → a' });
  expect(parse(`checks:\n${check('a', 'b, c')}${check('b', 'c')}${check('c', '')}`).checks).toHaveLength(3);
});

test.each([
  ['', 'an empty file'],
  ['# nothing but a comment', 'an empty file'],
  ['just text', '"just text"'],
  ['[1, 2]', 'a list'],
])('%j is no config', (text, found) => {
  expect(problemOf(text)).toMatchObject({ path: '', line: 1, found });
});

test.each(['team: {}', 'checks: []', 'checks: {}', 'checks:'])('%j has no checks', (text) => {
  expect(problemOf(text)).toMatchObject({ path: 'checks', allowed: 'a list of at least one check' });
});

test('ids that would be masked are refused, so that what is shown names what it is about', () => {
  const text = `
groups: {078-05-1120: {owner: "@dba"}}
checks:
  - {id: 123-45-6789, web: {url: "https://a.example"}, fail: status != 200}
  - {id: sk-prod-eu-west-1-frontend-01, web: {url: "https://a.example"}, fail: status != 200}
maintenance:
  - {id: 4111-1111-1111-1111, match: {check: sk-prod-eu-west-1-frontend-01}, cron: "0 4 * * 0", for: 45m}
`;
  const problems = problemsOf(text);
  expect(problems.map(({ path, found }) => [path, found])).toEqual([
    ['groups.078-05-1120', 'an id that Slack, logs and the audit would show as "[ssn]"'],
    ['checks[0].id', 'an id that Slack, logs and the audit would show as "[ssn]"'],
    ['maintenance[0].id', 'an id that Slack, logs and the audit would show as "[card]"'],
  ]);
  expect(problems[0]?.allowed).toMatch(/^an id that does not look like a token/);
});
