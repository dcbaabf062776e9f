import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { type CloudWatchState, cloudWatchStandIn } from '../support/aws/cloudwatch.ts';
import { type EcsState, ecsStandIn } from '../support/aws/ecs.ts';
import { AwsServer } from '../support/aws/server.ts';
import { type BotHome, makeHome, type RunningBot, rounds, startBotProcess } from '../support/bot.ts';
import { listenOn } from '../support/listen.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';

/** What both faces said: outcome and reason by check. */
type Answer = Record<string, string>;

const service = { status: 200, body: { status: 'healthy' } };
const http = createServer((_req, res) => {
  res.writeHead(service.status, { 'content-type': 'application/json' }).end(JSON.stringify(service.body));
});
const ecs: EcsState = { clusters: { prod: { services: { web: { desiredCount: 2, runningCount: 2 } } } } };
const cpu = { value: 20 };
const cloudWatch: CloudWatchState = {
  metrics: [
    { namespace: 'AWS/ECS', metric: 'CPUUtilization', dimensions: { ClusterName: 'prod' }, at: () => cpu.value },
  ],
};
const aws = new AwsServer([ecsStandIn(ecs), cloudWatchStandIn(cloudWatch)]);

let postgres: Postgres;
let database: pg.Client;
let workspace: Workspace;
let home: BotHome;
let bot: RunningBot;

const opsYml = (url: string) => `
version: 1
defaults: { every: 5m, timeout: 4s, attempts: 1 }
checks:
  - id: service
    http: { url: "${url}/health" }
    fail: ["json.status != 'healthy'"]
  - id: failed-logins
    postgres-query:
      dsn: { secret: CLINIC_DB }
      sql: select count(*) as failed from audit_logs where action = 'LOGIN_FAILED'
      facts: { failed: number }
    warn: ["failed > 2"]
  - id: backup
    script: { run: [./checks/backup] }
  - id: tasks
    ecs-services: { cluster: prod }
  - id: cpu
    cloudwatch-metric:
      { namespace: AWS/ECS, metric: CPUUtilization, dimensions: { ClusterName: prod }, statistic: Average, period: 1m }
    fail: ["value > 80"]
`;

async function backupScript(lines: string): Promise<void> {
  const file = join(home.dir, 'checks', 'backup');
  await writeFile(file, `#!/bin/sh\n${lines}\n`);
  await chmod(file, 0o755);
}

beforeAll(async () => {
  const [port] = await Promise.all([listenOn(http), aws.start()]);
  postgres = await startPostgres();
  const admin = await postgres.createDatabase();
  database = new pg.Client({ connectionString: admin });
  await database.connect();
  await database.query(
    `create table audit_logs (action text); create role clinic_reader login password 'reader'; grant select on audit_logs to clinic_reader`,
  );
  const reader = Object.assign(new URL(admin), { username: 'clinic_reader', password: 'reader' }).href;
  workspace = await startWorkspace();
  home = await makeHome(opsYml(`http://127.0.0.1:${port}`), {
    CLINIC_DB: reader,
    SLACK_BOT_TOKEN: workspace.botToken,
    SLACK_APP_TOKEN: workspace.appToken,
    SLACK_API_URL: workspace.apiUrl,
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example-secret',
  });
  await mkdir(join(home.dir, 'checks'));
  await backupScript('echo "backup of today, 3 GB"');
  bot = await startBotProcess(home);
});

afterAll(async () => {
  await bot?.stop();
  await workspace?.close();
  await database?.end();
  await Promise.all([postgres?.stop(), aws.stop(), new Promise((resolve) => http.close(resolve))]);
  await home?.remove();
});

/** The outcomes that `/ops health` shows: the thread's table lists every check. */
async function askSlack(): Promise<Answer> {
  const anna = workspace.user('anna');
  const before = workspace.messages('#ops').length;
  expect(await anna.command('#ops', '/ops health')).toMatchObject({ ok: true });
  const table = await workspace.waitFor(
    () =>
      workspace
        .messages('#ops')
        .slice(before)
        .flatMap((message) => message.blocks)
        .find((block) => block.type === 'table'),
    { timeoutMs: 15_000, what: 'the full table in the thread' },
  );
  const rows = (table as unknown as { rows: { text: string }[][] }).rows.slice(1);
  return Object.fromEntries(
    rows.map(([state, check, what]) => [check!.text.split('/ ')[1]!, `${state!.text.split(' ').at(-1)} ${what!.text}`]),
  );
}

async function askTerminal(): Promise<{ answer: Answer; verdict: string; code: number | null }> {
  const { code, stdout } = await rounds(home, ['health', '--json']);
  const report = JSON.parse(stdout) as { verdict: string; checks: { id: string; outcome: string; reason: string }[] };
  const answer = report.checks.map(({ id, outcome, reason }) => [id, `${outcome.toUpperCase()} ${reason}`]);
  return { answer: Object.fromEntries(answer) as Answer, verdict: report.verdict, code };
}

/** Latencies differ from run to run; the rest must be the same. */
function withoutTimes(answer: Answer): Answer {
  return Object.fromEntries(
    Object.entries(answer).map(([id, text]) => [id, text.replaceAll(/\d[\d.]* (ms|s)\b/g, 'T')]),
  );
}

async function bothAnswers() {
  const slack = await askSlack();
  const terminal = await askTerminal();
  expect(withoutTimes(slack)).toEqual(withoutTimes(terminal.answer));
  return terminal;
}

describe('Slack and the terminal give the same true answer', () => {
  it('while all is well', async () => {
    const { answer, verdict, code } = await bothAnswers();
    expect([verdict, code]).toEqual(['ok', 0]);
    expect(answer.backup).toContain('backup of today, 3 GB');
    expect(Object.values(answer).every((text) => text.startsWith('OK '))).toBe(true);
  });

  it.each<{ what: string; broken: () => unknown; mended: () => unknown; id: string; says: string; code: number }>([
    {
      what: 'the HTTP service answers 503',
      broken: () => Object.assign(service, { status: 503 }),
      mended: () => Object.assign(service, { status: 200 }),
      id: 'service',
      says: 'FAIL HTTP 503 (want 200)',
      code: 2,
    },
    {
      what: 'the HTTP service is degraded',
      broken: () => Object.assign(service, { body: { status: 'degraded' } }),
      mended: () => Object.assign(service, { body: { status: 'healthy' } }),
      id: 'service',
      says: 'FAIL json.status "degraded" (want "healthy")',
      code: 2,
    },
    {
      what: 'somebody tries passwords',
      broken: () => database.query(`insert into audit_logs select 'LOGIN_FAILED' from generate_series(1, 3)`),
      mended: () => database.query('delete from audit_logs'),
      id: 'failed-logins',
      says: 'WARN failed 3 (limit 2)',
      code: 1,
    },
    {
      what: 'the role loses its rights on the database',
      broken: () => database.query('revoke select on audit_logs from clinic_reader'),
      mended: () => database.query('grant select on audit_logs to clinic_reader'),
      id: 'failed-logins',
      says: 'UNKNOWN ',
      code: 3,
    },
    {
      what: 'the script fails',
      broken: () => backupScript('echo "no backup since Sunday"; exit 2'),
      mended: () => backupScript('echo "backup of today, 3 GB"'),
      id: 'backup',
      says: 'FAIL no backup since Sunday',
      code: 2,
    },
    {
      what: 'an ECS service loses a task',
      broken: () => Object.assign(ecs.clusters.prod!.services.web!, { runningCount: 1 }),
      mended: () => Object.assign(ecs.clusters.prod!.services.web!, { runningCount: 2 }),
      id: 'tasks',
      says: 'WARN web 1/2',
      code: 1,
    },
    {
      what: 'ECS denies',
      broken: () => aws.break('denied', { action: 'ecs:DescribeServices' }),
      mended: () => aws.mend(),
      id: 'tasks',
      says: 'UNKNOWN ',
      code: 3,
    },
    {
      what: 'a CloudWatch metric is over its limit',
      broken: () => Object.assign(cpu, { value: 91 }),
      mended: () => Object.assign(cpu, { value: 20 }),
      id: 'cpu',
      says: 'FAIL value 91',
      code: 2,
    },
  ])('when $what, and after it is mended', async ({ broken, mended, id, says, code }) => {
    await broken();
    try {
      const bad = await bothAnswers();
      expect(bad.answer[id]).toContain(says);
      expect(bad.code).toBe(code);
      expect(Object.values(bad.answer).filter((text) => !text.startsWith('OK '))).toHaveLength(1);
    } finally {
      await mended();
    }
    expect((await bothAnswers()).verdict).toBe('ok');
  });
});
