import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import command from '../../commands/iam-policy.ts';
import { type BotHome, makeHome, rounds } from '../support/bot.ts';

const ops = `
aws:
  accounts:
    shop: {role: "arn:aws:iam::111122223333:role/ops/rounds-read", external_id: rounds-7}
checks:
  - {id: backend, ecs-services: {account: shop, cluster: prod}}
  - {id: cpu, warn: ["value > 80"], cloudwatch-metric: {namespace: AWS/ECS, metric: CPUUtilization}}
`;

async function ended(args: string[], text = ops, home?: BotHome) {
  return rounds(home ?? (await makeHome(text)), ['iam-policy', ...args]);
}

it('without its comments the answer is JSON that IAM takes', async () => {
  const { stdout, stderr, code } = await ended(['--account', 'shop']);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe('# Account shop (arn:aws:iam::111122223333:role/ops/rounds-read): 1 check');
  const policy = JSON.parse(lines.filter((line) => !line.startsWith('#')).join('\n'));
  expect(policy.Statement[0].Action).toContain('ecs:DescribeServices');
});

it('--json has every role with its policy, and what each action is for', async () => {
  const { stdout, code } = await ended(['--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).roles).toMatchObject([
    { accounts: ['own'], role: null, checks: ['cpu'], policy: { Version: '2012-10-17' } },
    {
      accounts: ['shop'],
      checks: ['backend'],
      needs: expect.arrayContaining([{ action: 'ecs:ListTasks', by: ['backend'] }]),
    },
  ]);
});

it('--terraform is formatted as Terraform has it', async () => {
  const home = await makeHome(ops);
  const { stdout, code } = await ended(['--terraform'], ops, home);
  expect(code).toBe(0);
  expect(stdout).toContain('resource "aws_iam_role" "rounds_shop"');
  const file = join(home.dir, 'roles.tf');
  await writeFile(file, stdout);
  const formatted = spawnSync('terraform', ['fmt', '-check', '-diff', file], { encoding: 'utf8' });
  // A machine without Terraform can't tell.
  if (formatted.error === undefined) expect(formatted.stdout).toBe('');
});

it.each([
  [['--account', 'shpo'], 'There is no AWS account "shpo"\n→ use own, shop'],
  [['everything'], 'iam-policy does not take "everything"'],
  [['--all'], "Unknown option '--all'"],
])('%j is refused', async (args, problem) => {
  const { stdout, stderr, code } = await ended(args);
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain(problem);
});

it('a config with mistakes is told as `check-config` tells it', async () => {
  const { stderr, code } = await ended([], 'checks: [{id: x}]');
  expect(code).toBe(3);
  expect(stderr).toContain('checks[0]');
});

it('in Slack the policies are files below the answer', async () => {
  const role = { name: 'a', role: 'arn:aws:iam::1:role/<!channel>', externalId: undefined, region: undefined };
  const checks = [{ id: 'c', definition: { iam: ['ecs:ListServices'] }, target: { account: 'a' } }];
  const services = { ops: { checks, aws: { region: undefined, accounts: new Map([['a', role]]) } } };
  const answered = command.run({ services, face: 'slack' } as never, []);
  if (Symbol.asyncIterator in answered) throw new Error('one answer');
  const reply = await answered;
  expect(reply.slack().text).toContain('&lt;!channel&gt;');
  const files = await reply.files!();
  expect(files.map(({ name }) => name)).toEqual(['rounds-own-policy.json', 'rounds-a-policy.json']);
  expect(files.map(({ text }) => JSON.parse(text).Version)).toEqual(['2012-10-17', '2012-10-17']);
});
