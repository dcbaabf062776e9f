import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { estate } from '../support/aws/estate.ts';
import { inventory } from '../support/aws/inventory.ts';
import { AwsServer } from '../support/aws/server.ts';
import { stsStandIn } from '../support/aws/sts.ts';
import { makeHome, rounds } from '../support/bot.ts';

const aws = new AwsServer([...inventory(() => estate), stsStandIn({ roles: {} })]);
beforeAll(() => aws.start());
afterAll(() => aws.stop());
afterEach(() => aws.mend());

const credentials = () => ({
  ...{ AWS_ENDPOINT_URL: aws.url, AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' },
  ...{
    AWS_SECRET_ACCESS_KEY: 'example-secret',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  },
});
const home = () => makeHome('', credentials());

it('writes a file that check-config takes, and iam-policy reads', async () => {
  const here = await home();
  const file = join(here.dir, 'first.yml');
  const { code, stdout, stderr } = await rounds(here, ['discover', 'aws', '--out', file]);
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toMatch(
    /ECS in eu-west-1: 3 found\n[\s\S]*\d+ checks are on, \d+ wait in comments: written to .*first\.yml\n$/,
  );
  const checked = await rounds(here, ['check-config', file]);
  expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining('first.yml: good')]);
  const policy = await rounds(here, ['iam-policy', '--json'], { OPS_CONFIG: file });
  expect(policy.stdout).toContain('ecs:DescribeServices');
});

it('without --out the file is the answer', async () => {
  const { code, stdout } = await rounds(await home(), ['discover', 'aws', '--region', 'us-east-1']);
  expect(code).toBe(0);
  expect(stdout).toContain('id: shop-prod-services');
  expect(stdout).toContain('region: us-east-1');
});

it('a file that is there stays as it is, and AWS is not asked; --force overwrites it', async () => {
  const here = await home();
  const file = join(here.dir, 'mine.yml');
  await writeFile(file, 'mine');
  aws.forget();
  const refused = await rounds(here, ['discover', 'aws', '--out', file]);
  expect([refused.code, refused.stderr]).toEqual([
    3,
    expect.stringContaining('mine.yml is there already, and was left as it is'),
  ]);
  expect([await readFile(file, 'utf8'), aws.calls]).toEqual(['mine', []]);
  const forced = await rounds(here, ['discover', 'aws', '--out', file, '--force']);
  expect(forced.code).toBe(0);
  expect(await readFile(file, 'utf8')).toContain('shop-prod-services');
});

it('what was read in part ends with 1, and says so in the file and beside it', async () => {
  aws.break('denied', { action: 'rds:DescribeDBInstances' });
  const { code, stdout, stderr } = await rounds(await home(), ['discover', 'aws']);
  expect(code).toBe(1);
  expect(stdout).toContain('grant rds:DescribeDBInstances');
  expect(stderr).toContain('Not everything was read (1)');
});

it('of an account that can’t be read nothing is written', async () => {
  aws.break('unknown key');
  const here = await home();
  const file = join(here.dir, 'none.yml');
  const { code, stderr } = await rounds(here, ['discover', 'aws', '--out', file]);
  expect([code, stderr]).toEqual([3, expect.stringContaining('nothing was read, and nothing written')]);
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});

it.each([
  [[], 'discover does not know ""'],
  [['gcp'], 'discover does not know "gcp"'],
  [['aws', '--region', 'Ireland'], '"Ireland" is no region'],
  [['aws', '--out', '/nowhere/x.yml'], "/nowhere/x.yml can't be written"],
])('%j is refused', async (args, problem) => {
  const { code, stderr } = await rounds(await home(), ['discover', ...args]);
  expect([code, stderr]).toEqual([3, expect.stringContaining(problem)]);
});
