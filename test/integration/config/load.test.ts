import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { type LoadOptions, loadOps, parseOps } from '../../../src/config/load.ts';
import { ConfigError } from '../../../src/config/problems.ts';
import { checkConfig, missingRunbooks, runbooksOf } from '../../../src/config/report.ts';
import type { CheckType } from '../../../src/kernel/check.ts';
import { discover } from '../../../src/kernel/discover.ts';

let dir: string;
let options: LoadOptions;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rounds-config-'));
  const checkTypes = await discover<CheckType>(join(import.meta.dirname, '../../../src/checks'));
  options = { checkTypes, compile: compileCondition, env: { API_TOKEN: 'x' } };
});
afterAll(() => rm(dir, { recursive: true }));

/** Reports on the file; runbooks are looked for beside it alone. */
function report(path: string, env = options.env, beside: string[] = []) {
  return checkConfig(path, async () => {
    const ops = await loadOps(path, { ...options, env });
    const books = missingRunbooks(runbooksOf(ops), [join(ops.dir, 'templates', 'runbooks')]);
    return { ops, beside, missingRunbooks: books };
  });
}

async function file(name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, text);
  return path;
}

const good = `
team: {name: Example, zone: America/New_York}
roles: {operator: ["@platform"], admin: [U012ABCDEF]}
groups: {api: {owner: "@platform", slo: 99.9%}, data: {owner: "@dba"}}
checks:
  - id: api
    group: api
    http: {url: "https://api.example.com/api/health", headers: {authorization: {secret: API_TOKEN}}}
    fail: ["status != 200", "json.status != 'healthy'"]
    warn: [{when: "latency_ms > 500", say: "slow: {latency_ms} ms"}]
    clear: ["latency_ms < 400"]
  - id: failed-logins
    group: data
    postgres-query:
      dsn: {secret: MAIN_DB_URL}
      sql: select count(*) as failed from audit_logs where action = 'LOGIN_FAILED'
      facts: {failed: number}
    warn: ["failed > 50"]
    depends_on: [api]
  - id: validate-backup
    script: {run: [./checks/validate-backup, --latest]}
    every: 24h
    timeout: 10m
maintenance:
  - {id: db-patch, match: {group: data}, cron: "0 4 * * 0", for: 45m, mode: mute}
`;

test('a file is loaded with the real check types and conditions, relative to its folder', async () => {
  const ops = await loadOps(await file('good.yml', good), options);
  expect(ops.dir).toBe(dir);
  expect(ops.scriptDirs).toEqual([join(dir, 'checks')]);
  expect(ops.missingSecrets).toEqual(['MAIN_DB_URL']);
  expect(ops.checks.map(({ id, type, group }) => [id, type, group])).toEqual([
    ['api', 'http', 'api'],
    ['failed-logins', 'postgres-query', 'data'],
    ['validate-backup', 'script', 'general'],
  ]);
  const slow = ops.checks[0]!.warn.at(-1)!;
  expect(slow.evaluate({ status: 200, latency_ms: 612 })).toEqual({ kind: 'true' });
});

test('a mistake in a condition is told with the facts there are', async () => {
  const text = good.replace('latency_ms > 500', 'latencyms > 500');
  await expect(loadOps(await file('fact.yml', text), options)).rejects.toMatchObject({
    problems: [
      {
        file: join(dir, 'fact.yml'),
        path: 'checks[0].warn[0]',
        line: 10,
        check: 'api',
        found: expect.stringContaining('latencyms'),
        allowed: expect.stringContaining('latency_ms'),
      },
    ],
  });
});

test.each([
  ['a file that is not there', 'gone.yml', 'ENOENT'],
  ['a folder', '.', 'EISDIR'],
])('%s is a config error', async (_what, name, code) => {
  const error: unknown = await loadOps(join(dir, name), options).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ConfigError);
  expect(error).toMatchObject({ message: expect.stringContaining(`the file can't be read (${code})`) });
});

test('a good file is reported with what it holds and what has no value', async () => {
  const path = await file('good.yml', good);
  expect(await report(path)).toEqual({
    ok: true,
    lines: [
      `${path}: good — 3 checks, 3 groups, 2 roles, 1 maintenance window`,
      '1 secret without a value; what needs one will be unknown:',
      '  MAIN_DB_URL (or MAIN_DB_URL_FILE): failed-logins',
    ],
  });
  const env = { API_TOKEN: 'x', MAIN_DB_URL: 'x' };
  expect((await report(path, env)).lines).toHaveLength(1);
  expect((await report(path, env, ['severities: good'])).lines[1]).toBe('severities: good');
});

test('a runbook that is not written yet is named, with the file to write', async () => {
  const path = await file('books.yml', good.replace('    clear:', '    runbook: api-down\n    clear:'));
  const expected = join(dir, 'templates', 'runbooks', 'api-down.md');
  expect((await report(path)).lines.at(-1)).toBe(`runbook api-down is not written yet: ${expected}`);
  await mkdir(join(dir, 'templates', 'runbooks'), { recursive: true });
  await writeFile(expected, '# API down');
  expect((await report(path)).lines.join()).not.toContain('not written');
});

test('handles under approver and admin are remarked on', async () => {
  const path = await file(
    'handles.yml',
    good.replace(/^roles:.*$/m, 'roles: { operator: ["@a"], admin: ["@leads", S012345] }'),
  );
  const { ok, lines } = await report(path);
  expect([ok, lines.filter((line) => line.startsWith('remark'))]).toEqual([
    true,
    ['remark: roles.admin names @leads by handle, which another group can take over; better its id (S…)'],
  ]);
});

test('a bad file is reported with every problem', async () => {
  const path = await file('bad.yml', good.replace('slo: 99.9%', 'slo: lots').replace('[api]', '[apii]'));
  const { ok, lines } = await report(path);
  expect(ok).toBe(false);
  expect(lines).toEqual([
    `${path}: 2 problems`,
    `${path}:4  groups.api.slo`,
    '  found: "lots"',
    '  allowed: a percentage over 0 % and up to 100 %, such as 99.9%',
    `${path}:19  checks[1] (failed-logins).depends_on[0]`,
    '  found: unknown check "apii"',
    '  allowed: api, failed-logins, validate-backup — did you mean api?',
  ]);
});

test('the example of every check type is a check that loads', () => {
  for (const { type, example } of options.checkTypes) {
    const groups = 'groups: {api: {}, data: {}, platform: {}}';
    const ops = parseOps(`${groups}\nchecks:\n${example.replace(/^/gm, '  ')}`, `${type}.yml`, options);
    expect(ops.checks.every((check) => check.type === type)).toBe(true);
  }
});
