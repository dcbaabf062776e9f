import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { access, constants, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { loadOps } from '../../../src/config/load.ts';
import type { Ops } from '../../../src/config/model.ts';
import { checkTypes, root } from '../../../src/registry.ts';
import { runbookFiles } from '../../../src/runbooks/files.ts';
import { type Postgres, startPostgres } from '../../support/postgres.ts';
import { probeOf } from '../../support/probes.ts';

const files = ['ops.yml', ...globSync('examples/**/ops.yml', { cwd: root }).sort()];
const types = await checkTypes();

function load(file: string): Promise<Ops> {
  return loadOps(join(root, file), { checkTypes: types, compile: compileCondition, env: {} });
}

describe.each(files)('%s', (file) => {
  it('loads without a problem', async () => {
    const ops = await load(file);
    expect(ops.checks.length).toBeGreaterThan(0);
  });

  it('names scripts that can be run and runbooks that can be read', async () => {
    const ops = await load(file);
    for (const { type, target } of ops.checks) {
      if (type === 'script') await access(resolve(ops.dir, (target as { run: string[] }).run[0]!), constants.X_OK);
    }
    const runbooks = runbookFiles([join(ops.dir, 'templates', 'runbooks'), join(root, 'templates', 'runbooks')]);
    for (const { runbook } of ops.checks) {
      if (runbook && !/^https?:/.test(runbook)) expect(await runbooks.read(runbook)).toMatch(/^# /);
    }
  });

  it('points at example.com and this machine only', async () => {
    const hosts = [...(await readFile(join(root, file), 'utf8')).matchAll(/(?:https?:\/\/|host: )([^\s:/"{},]+)/g)];
    const strangers = hosts.map(([, host = '']) => host).filter((host) => !/^(.+\.)?example\.com$|^127\./.test(host));
    expect(strangers).toEqual([]);
  });
});

describe('the SQL of examples/web-service', () => {
  let postgres: Postgres;
  let client: pg.Client;
  let ops: Ops;

  beforeAll(async () => {
    [postgres, ops] = await Promise.all([startPostgres(), load('examples/web-service/ops.yml')]);
    client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('create table audit_log (created_at timestamptz not null default now(), action text not null)');
  });
  afterAll(async () => {
    await client?.end();
    await postgres?.stop();
  });

  async function measure(id: string) {
    const check = ops.checks.find((candidate) => candidate.id === id)!;
    const probe = probeOf(check.target, { secrets: { MAIN_DB_URL: postgres.url } });
    const { facts } = await check.definition.run(probe);
    const judged = (rules: typeof check.fail) =>
      rules.map((rule) => [rule.source, rule.evaluate(facts).kind]).filter(([, kind]) => kind !== 'false');
    return { facts, fail: judged(check.fail), warn: judged(check.warn) };
  }

  it('measures a healthy database; a rate waits for the second run', async () => {
    expect(await measure('main-db')).toEqual({
      facts: expect.objectContaining({
        reachable: true,
        connections_pct: expect.any(Number),
        rollbacks: expect.any(Number),
      }),
      fail: [],
      warn: [['rollbacks_per_min > 100', 'not_yet']],
    });
  });

  it('notices an audit trail that stands still, one that is written, and what it says', async () => {
    expect(await measure('audit-trail')).toMatchObject({ fail: [['silent_s > 3600', 'true']], warn: [] });
    await client.query("insert into audit_log (action) values ('LOGIN')");
    expect(await measure('audit-trail')).toMatchObject({ facts: { roles_granted: 0 }, fail: [], warn: [] });
    await client.query("insert into audit_log (action) select 'LOGIN_FAILED' from generate_series(1, 60)");
    await client.query("insert into audit_log (action) values ('ROLE_GRANTED')");
    expect(await measure('audit-trail')).toMatchObject({
      facts: { failed_logins: 60, roles_granted: 1 },
      fail: [],
      warn: [
        ['failed_logins > 50', 'true'],
        ['roles_granted > 0', 'true'],
      ],
    });
  });
});

describe('the script of examples/web-service', () => {
  let folder: string;
  const script = join(root, 'examples/web-service/checks/newest-file');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rounds-newest-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function run(...args: string[]): Promise<{ code: number; text: string }> {
    return promisify(execFile)(script, args).then(
      ({ stdout }) => ({ code: 0, text: stdout.trim() }),
      (error: { code: number; stdout: string }) => ({ code: error.code, text: error.stdout.trim() }),
    );
  }

  it('tells a new backup from an old one, none, and no folder at all', async () => {
    expect(await run(folder, '26')).toEqual({ code: 2, text: `no backup in ${folder}` });
    const file = join(folder, 'monday.dump');
    await writeFile(file, 'x');
    expect(await run(folder, '26')).toEqual({ code: 0, text: 'monday.dump is 0 h old | age_hours=0;;26;0' });
    const old = Date.now() / 1000 - 30 * 3600 - 60;
    await utimes(file, old, old);
    expect(await run(folder, '26')).toMatchObject({ code: 2, text: expect.stringContaining('age_hours=30;;26;0') });
    expect(await run(join(folder, 'none'), '26')).toMatchObject({ code: 3 });
  });
});
