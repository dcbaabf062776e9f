import { expect, it } from 'vitest';
import ecsServices from '../../../src/checks/ecs-services.ts';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { parseOps } from '../../../src/config/load.ts';
import { ConfigError } from '../../../src/config/problems.ts';

const parse = (aws: string, check = '{account: shop, cluster: prod}') =>
  parseOps(`aws: ${aws}\nchecks:\n  - {id: backend, ecs-services: ${check}}\n`, 'ops.yml', {
    ...{ checkTypes: [ecsServices], compile: compileCondition, env: {} },
  });
const problemsOf = (...texts: Parameters<typeof parse>) => {
  try {
    parse(...texts);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
  }
  return [];
};
const role = 'arn:aws:iam::111122223333:role/rounds-read';

it('accounts are read by name, with the region of those that have none', () => {
  const { aws } = parse(`{region: eu-west-1, accounts: {shop: {role: "${role}", external_id: rounds-7}}}`);
  expect(aws).toEqual({
    region: 'eu-west-1',
    accounts: new Map([['shop', { name: 'shop', role, externalId: 'rounds-7', region: undefined }]]),
  });
  expect(parse('{}', '{cluster: prod}').aws).toEqual({ region: undefined, accounts: new Map() });
});

it('an account that is not there is a mistake, where it is named', () => {
  expect(problemsOf(`{accounts: {shops: {role: "${role}"}}}`)).toMatchObject([
    {
      ...{ path: 'checks[0].ecs-services.account', check: 'backend', found: 'unknown account "shop"' },
      allowed: expect.stringContaining('shops'),
    },
  ]);
  expect(problemsOf('{}')).toMatchObject([{ allowed: 'no account is in `aws.accounts`' }]);
});

it.each([
  ['a role that is a name', '{accounts: {shop: {role: rounds-read}}}', 'aws.accounts.shop.role'],
  ['a region that is a place', `{accounts: {shop: {role: "${role}", region: Ireland}}}`, 'aws.accounts.shop.region'],
  ['an account named own, which is the bot’s', `{accounts: {own: {role: "${role}"}}}`, 'aws.accounts.own'],
  [
    'one role with two external ids, of which it trusts one',
    `{accounts: {shop: {role: "${role}", external_id: rounds-7}, shop-us: {role: "${role}", external_id: rounds-8}}}`,
    'aws.accounts.shop-us',
  ],
  [
    'one role with and without an external id',
    `{accounts: {shop: {role: "${role}"}, shop-us: {role: "${role}", external_id: rounds-8}}}`,
    'aws.accounts.shop-us',
  ],
  ['an account without a role', '{accounts: {shop: {}}}', 'aws.accounts.shop'],
])('%s is refused', (_, aws, path) => {
  expect(problemsOf(aws).map((problem) => problem.path)).toContainEqual(expect.stringContaining(path));
});

it('one role may be two accounts, for two regions say', () => {
  const shop = `role: "${role}", external_id: rounds-7`;
  expect(problemsOf(`{accounts: {shop: {${shop}}, shop-us: {${shop}, region: us-east-1}}}`)).toEqual([]);
});
