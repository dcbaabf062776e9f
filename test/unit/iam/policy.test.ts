import { describe, expect, it } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { parseOps } from '../../../src/config/load.ts';
import { needsOf } from '../../../src/iam/needs.ts';
import { policyOf } from '../../../src/iam/policy.ts';
import { headOf, tableOf } from '../../../src/iam/table.ts';
import { terraformOf } from '../../../src/iam/terraform.ts';
import { checkTypes } from '../../../src/registry.ts';

const types = await checkTypes();
const accounts = `
aws:
  accounts:
    shop-us: {role: "arn:aws:iam::111122223333:role/ops/rounds-read", external_id: rounds-7, region: us-east-1}
    shop-eu: {role: "arn:aws:iam::111122223333:role/ops/rounds-read", external_id: rounds-7, region: eu-west-1}
    lab: {role: "arn:aws-cn:iam::444455556666:role/rounds-read"}
    idle: {role: "arn:aws:iam::777788889999:role/rounds-read"}
`;
const cpu = 'namespace: AWS/ECS, metric: CPUUtilization';
const metric = (id: string, account?: string) =>
  `  - {id: ${id}, warn: ["value > 80"], cloudwatch-metric: {${account ? `account: ${account}, ` : ''}${cpu}}}\n`;
const services = (id: string, params: string) => `  - {id: ${id}, ecs-services: {cluster: prod, ${params}}}\n`;
const web = '  - {id: web, http: {url: "https://shop.example.com/"}}\n';

const needs = (checks: string, aws = accounts) =>
  needsOf(parseOps(`${aws}\nchecks:\n${checks}`, 'ops.yml', { checkTypes: types, compile: compileCondition, env: {} }));
const actionsOf = (checks: string) => needs(checks)[0]!.needs.map(({ action }) => action);

describe('what checks need', () => {
  it('nothing asks AWS: nothing is needed anywhere', () => {
    expect(needs(web, '')).toEqual([{ accounts: [], checks: [], needs: [] }]);
  });

  it('each role gets what its own checks ask, the bot may take the roles that something is read through', () => {
    const found = needs(web + metric('us-cpu', 'shop-us') + services('eu', 'account: shop-eu') + metric('lab', 'lab'));
    expect(
      found.map(({ accounts, checks, needs }) => [accounts.map(({ name }) => name), checks, needs.length]),
    ).toEqual([
      [[], [], 1],
      [['idle'], [], 0],
      [['lab'], ['lab'], 1],
      [['shop-eu', 'shop-us'], ['eu', 'us-cpu'], 6],
    ]);
    expect(found[0]!.needs).toEqual([
      {
        action: 'sts:AssumeRole',
        by: ['account lab', 'account shop-eu', 'account shop-us'],
        resources: ['arn:aws-cn:iam::444455556666:role/rounds-read', 'arn:aws:iam::111122223333:role/ops/rounds-read'],
      },
    ]);
  });

  it.each([
    [
      'all of a cluster',
      'region: eu-west-1',
      ['DescribeServices', 'DescribeTasks', 'ListServices', 'ListTaskDefinitions', 'ListTasks'],
    ],
    ['named services', 'services: [a]', ['DescribeServices', 'DescribeTasks', 'ListTaskDefinitions', 'ListTasks']],
    ['no revisions', 'revisions: false', ['DescribeServices', 'DescribeTasks', 'ListServices', 'ListTasks']],
    ['no stopped tasks', 'stopped_window: off', ['DescribeServices', 'ListServices', 'ListTaskDefinitions']],
  ])('ecs-services of %s', (_, params, actions) => {
    expect(actionsOf(services('x', params))).toEqual(actions.map((action) => `ecs:${action}`));
  });

  it('a type asks for no more with some parameters than it says it may ask for', () => {
    const ecs = types.find(({ type }) => type === 'ecs-services')!;
    expect(ecs.iamFor!(ecs.params.parse({ cluster: 'prod' })).toSorted()).toEqual(ecs.iam.toSorted());
  });

  it('every action of every type is one that IAM could know', () => {
    const actions = types.flatMap(({ iam }) => iam);
    expect(actions.filter((action) => !/^[a-z][a-z0-9-]*:[A-Z][A-Za-z0-9]+$/.test(action))).toEqual([]);
    expect(actions.length).toBeGreaterThan(5);
  });
});

describe('the policy', () => {
  const [own] = needs(metric('b') + metric('a') + services('c', 'revisions: false') + metric('l', 'lab'));

  it('has a sorted statement for each service, and the roles apart', () => {
    expect(policyOf(own!)).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Sid: 'RoundsCloudwatch', Effect: 'Allow', Action: ['cloudwatch:GetMetricData'], Resource: '*' },
        {
          ...{ Sid: 'RoundsEcs', Effect: 'Allow' },
          Action: ['ecs:DescribeServices', 'ecs:DescribeTasks', 'ecs:ListServices', 'ecs:ListTasks'],
          Resource: '*',
        },
        {
          ...{ Sid: 'RoundsStsRoles', Effect: 'Allow', Action: ['sts:AssumeRole'] },
          Resource: ['arn:aws-cn:iam::444455556666:role/rounds-read'],
        },
      ],
    });
  });

  it('is the same whatever the order of the file', () => {
    const [other] = needs(metric('l', 'lab') + services('c', 'revisions: false') + metric('a') + metric('b'));
    expect(policyOf(other!)).toEqual(policyOf(own!));
  });

  it('a table says what each action is for, and of many checks the first', () => {
    expect([headOf(own!), ...tableOf(own!)].slice(0, 2)).toEqual([
      'The bot’s own credentials: 3 checks',
      'cloudwatch:GetMetricData  b, a',
    ]);
    const [many] = needs(Array.from({ length: 9 }, (_, at) => metric(`m${at}`)).join(''));
    expect(tableOf(many!)).toEqual(['cloudwatch:GetMetricData  m0, m1, m2, m3, m4, m5 and 3 more']);
  });
});

describe('as Terraform', () => {
  it('a role with its path and its external id, trusted by the bot alone', () => {
    const text = terraformOf(needs(metric('x', 'shop-eu')));
    expect(text).toContain('identifiers = [var.rounds_principal]');
    expect(text).toMatch(/variable = "sts:ExternalId"\s+values {3}= \["rounds-7"\]/);
    expect(text).toMatch(/name +=\s"rounds-read"\n +path +=\s"\/ops\/"/);
    expect(text).toContain('role       = aws_iam_role.rounds_shop_eu.name');
    expect(text).toContain('role       = var.rounds_role');
  });

  it('without an external id none is asked for; what nothing reads is not there', () => {
    const text = terraformOf(needs(metric('x', 'lab')));
    expect(text).not.toContain('ExternalId');
    expect(text).not.toContain('idle');
  });

  it('a text that would be a template of HCL is not one', () => {
    const aws = {
      region: undefined,
      accounts: new Map([
        ['a', { name: 'a', role: 'arn:aws:iam::1:role/x', externalId: `\${x}%{y}"`, region: undefined }],
      ]),
    };
    const check = { id: 'c', definition: { iam: ['ecs:ListServices'] }, target: { account: 'a' } };
    expect(terraformOf(needsOf({ checks: [check as never], aws }))).toContain(`values   = ["$\${x}%%{y}\\""]`);
  });
});
