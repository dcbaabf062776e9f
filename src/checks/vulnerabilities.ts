import { defineCheck, type Probe } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { readDependabot } from './vulnerabilities/dependabot.ts';
import { openFacts } from './vulnerabilities/facts.ts';
import { readInspectorFindings } from './vulnerabilities/inspector.ts';
import { type VulnerabilityTarget, vulnerabilityParams } from './vulnerabilities/params.ts';
import { readPayload } from './vulnerabilities/payload.ts';
import type { Reading } from './vulnerabilities/reading.ts';
import { readReported } from './vulnerabilities/reported.ts';
import { readSnyk } from './vulnerabilities/snyk.ts';
import { factsFor, rulesFor } from './vulnerabilities/specs.ts';

const ofInspector = ['inspector2:BatchGetAccountStatus', 'inspector2:ListFindings'];

export default defineCheck({
  type: 'vulnerabilities',
  summary:
    'Open vulnerabilities by severity and age, of a scan that reports, Dependabot, Snyk or Inspector; those past their deadline fail',
  catalogue: ['H41'],
  params: vulnerabilityParams,
  facts: factsFor,
  rules: rulesFor,
  okSays:
    '{critical} critical, {high} high, {medium} medium, {low} low open, none near its deadline; {suppressed} suppressed',
  iam: ofInspector,
  iamFor: ({ source }) => (source === 'inspector' ? ofInspector : []),
  describe,
  hears: (target) => (target.source === 'report' ? { token: target.token, findings: readPayload } : undefined),
  lane(target) {
    if (target.source === 'report') return 'rounds:vulnerabilities';
    return target.source === 'inspector' ? awsLane('security', target) : `host:${new URL(target.url).host}`;
  },
  laneLimit: 1,
  example: `- id: dependencies
  group: api
  vulnerabilities:
    source: report
    token: {secret: AUDIT_TOKEN}
    every: 24h
    grace: 2h
# The job that scans posts what it found, TOKEN being the value of AUDIT_TOKEN; pnpm and \`snyk test --json\` will do, too:
#   npm audit --json | curl -fsS -m 10 --retry 5 -X POST -H "Authorization: Bearer $TOKEN" --data-binary @- https://rounds.example.com/hooks/heartbeat/dependencies
# Any other scanner, as a list, [] when it found nothing:
#   [{"id": "CVE-2026-1234", "severity": "high", "cvss": 7.5, "package": "openssl", "where": "shop@sha256:0123", "since": "2026-11-01"}]
# Asked of a vendor, every: 1h, timeout: 60s:
#   vulnerabilities: {source: dependabot, repository: my-org/shop, token: {secret: GITHUB_TOKEN}}
#   vulnerabilities: {source: inspector, region: eu-west-1}
`,
  async run(probe: Probe<VulnerabilityTarget>) {
    const { reading, job } = await read(probe);
    return { facts: { ...openFacts(reading, probe.target, probe.clock.now()), ...job } };
  },
});

async function read(probe: Probe<VulnerabilityTarget>): Promise<{ reading: Reading | null; job?: object }> {
  const { target, signal, reveal } = probe;
  switch (target.source) {
    case 'report':
      return readReported({ ...probe, target });
    case 'dependabot':
      return { reading: await readDependabot(target, { token: reveal(target.token).trim(), signal }) };
    case 'snyk':
      return { reading: await readSnyk(target, { token: reveal(target.token).trim(), signal }) };
    case 'inspector':
      return { reading: await readInspectorFindings(whereOf({ ...probe, target }), target.most, signal) };
  }
}

function describe(target: VulnerabilityTarget): string {
  switch (target.source) {
    case 'report':
      return 'what a scan reports';
    case 'dependabot':
      return `Dependabot alerts of ${target.repository}`;
    case 'snyk':
      return `issues of Snyk at ${new URL(target.url).host}`;
    case 'inspector':
      return 'findings of Inspector';
  }
}
