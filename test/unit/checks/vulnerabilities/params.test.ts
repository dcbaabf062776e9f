import { expect, it } from 'vitest';
import vulnerabilities from '../../../../src/checks/vulnerabilities.ts';
import { compileCondition } from '../../../../src/conditions/compile.ts';
import { parseOps } from '../../../../src/config/load.ts';
import { ConfigError } from '../../../../src/config/problems.ts';
import { heartbeatLines } from '../../../../src/heartbeat-hook.ts';
import type { CheckType } from '../../../../src/kernel/check.ts';

const load = (params: string) =>
  parseOps(`checks: [{id: deps, vulnerabilities: ${params}}]`, 'ops.yml', {
    ...{ checkTypes: [vulnerabilities as unknown as CheckType], compile: compileCondition, env: {} },
  });
const problem = (params: string) => {
  try {
    load(params);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'none';
};

it.each([
  ['{}', /source: report, dependabot, snyk or inspector/],
  ['{source: trivy}', /source: report, dependabot, snyk or inspector/],
  ['{source: report, token: {secret: T}, grace: 1h}', /either `every` or `cron`/],
  ['{source: report, token: {secret: T}, grace: 1h, every: 1d, cron: "0 2 * * *"}', /either `every` or `cron`/],
  ['{source: report, token: {secret: T}, grace: 1h, every: 1d, most: 5}', /unknown key "most"/],
  ['{source: dependabot, repository: shop, token: {secret: T}}', /OWNER\/NAME/],
  ['{source: dependabot, repository: "my-org/..", token: {secret: T}}', /OWNER\/NAME/],
  ['{source: dependabot, repository: "my-org/a?b=", token: {secret: T}}', /OWNER\/NAME/],
  ['{source: dependabot, repository: my-org/shop, token: ghp_plain}', /token/],
  ['{source: snyk, organization: my-org, token: {secret: T}}', /Organization ID/],
  ['{source: inspector, deadlines: {critical: soon}}', /a duration such as/],
  ['{source: inspector, warn_after: 0}', /at least 1/],
])('%s is refused', (params, message) => {
  expect(problem(params)).toMatch(message);
});

it('a scan that reports is told how; the others report nothing', () => {
  const scan = load('{source: report, token: {secret: AUDIT_TOKEN}, every: 24h, grace: 1h}');
  expect(heartbeatLines(scan.checks)).toEqual([
    'heartbeat deps: its job reports with: npm audit --json | curl -fsS -m 10 --retry 5 -X POST -H "Authorization: Bearer $AUDIT_TOKEN" --data-binary @- https://YOUR-HOST/hooks/heartbeat/deps',
  ]);
  expect(scan.missingSecrets).toEqual(['AUDIT_TOKEN']);
  expect(heartbeatLines(load('{source: inspector}').checks)).toEqual([]);
});
