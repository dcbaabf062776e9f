import { z } from 'zod';
import { defineCheck, type FactSpecs, type Facts, type Probe } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { account, region } from './aws/params.ts';
import { asPart } from './aws/part.ts';
import { reasonOf } from './aws/reason.ts';
import { connectWaf } from './aws/waf.ts';
import { aclFacts, noAcl, noTraffic, trafficFacts } from './waf/facts.ts';
import { type Acl, readAcl } from './waf/read.ts';
import { type AclMetrics, trafficOf } from './waf/traffic.ts';

/** Two metrics for each rule; AWS bills a cent for a thousand. */
const mostRules = 100;

const params = z.strictObject({
  web_acl: z.string().min(1).max(128).describe('name of the web ACL'),
  scope: z
    .enum(['REGIONAL', 'CLOUDFRONT'])
    .default('REGIONAL')
    .describe('CLOUDFRONT for distributions: those web ACLs live in us-east-1, whatever `region` says'),
  spike_factor: z.number().min(1).default(3).describe('times the day before from which it is a spike'),
  spike_from: z.int().min(1).default(100).describe('fewer requests a day than this are no spike'),
  account,
  region,
});
type Target = z.output<typeof params>;

const specs: FactSpecs = {
  web_acl: { type: 'string', help: 'the parameter' },
  exists: { type: 'bool', help: 'whether there is a web ACL with this name and scope' },
  rules: { type: 'number', help: 'its rules and rule groups, those of Firewall Manager too' },
  blocking_rules: {
    type: 'number',
    help: 'of these, those that block, challenge or ask for a captcha; no group of which a rule is set to Count',
  },
  counting: { type: 'list', help: 'rules that only count, and groups of which rules are set to Count, with how many' },
  default_action: { type: 'string', help: 'ALLOW or BLOCK: what happens to requests that no rule decides' },
  without_metrics: { type: 'list', help: 'rules that report no metrics to CloudWatch' },
  metrics_read: { type: 'bool', help: 'whether CloudWatch was asked for the requests' },
  blocked: { type: 'number', help: 'requests blocked in the last 24 full hours' },
  blocked_before: { type: 'number', help: 'in the 24 hours before them' },
  allowed: { type: 'number', help: 'requests allowed in the last 24 full hours' },
  allowed_before: { type: 'number', help: 'in the 24 hours before them' },
  by_rule: { type: 'list', help: 'requests of the last 24 full hours by rule, the most blocked first' },
  spikes: {
    type: 'list',
    help: 'what grew to a spike, by rule and all together; null if one of the days had no request at all, or none was found and not all rules were read',
    whyAbsent: ({ web_acl: name, unread, blocked, allowed }) =>
      Array.isArray(unread) && unread.length > 0
        ? `not read: ${unread.join('; ')}`
        : blocked === 0 && allowed === 0
          ? `web ACL ${name} saw no request in 24 hours: check that it is attached to what it protects`
          : `web ACL ${name} saw no request the day before: there is nothing to compare with`,
  },
  spike_factor: { type: 'number', help: 'the parameter' },
  spike_from: { type: 'number', help: 'the parameter' },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
};

export default defineCheck({
  type: 'waf',
  summary: 'AWS WAF: a web ACL is there and blocks; requests by rule against the day before',
  catalogue: ['H15'],
  params,
  facts: () => specs,
  rules: ({ scope }) => ({
    fail: [
      { when: '!exists', say: `no web ACL {web_acl} of scope ${scope}: check its name, scope, account and region` },
      {
        when: "exists && rules == 0 && default_action == 'ALLOW'",
        say: '{web_acl} has no rules and allows everything',
      },
    ],
    warn: [
      {
        when: "exists && rules > 0 && blocking_rules == 0 && default_action == 'ALLOW'",
        say: '{web_acl} has no rule that is sure to block: they only count or allow: {counting}',
      },
      { when: 'exists && size(without_metrics) > 0', say: 'report no metrics: {without_metrics}' },
      { when: 'exists && size(spikes) > 0', say: 'over {spike_factor} times the day before: {spikes}' },
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  }),
  okSays: '{blocked} blocked ({blocked_before} the day before), {allowed} allowed',
  iam: ['wafv2:ListWebACLs', 'wafv2:GetWebACL', 'cloudwatch:GetMetricData'],
  describe: ({ web_acl, scope }) => `web ACL ${web_acl} (${scope})`,
  lane: (target) => awsLane('wafv2', target),
  example: `- id: waf
  group: api
  every: 1h
  timeout: 20s
  waf: {web_acl: shop-prod, scope: REGIONAL, region: eu-west-1}
`,
  async run(probe: Probe<Target>) {
    const { target, signal } = probe;
    const { web_acl: name, scope, spike_factor, spike_from } = target;
    const global = scope === 'CLOUDFRONT';
    const where = { ...whereOf(probe), ...(global && { region: 'us-east-1' }) };
    const aws = await connectWaf(where, signal);
    const acl = await readAcl({ aws, signal }, { name, scope });
    const known = { web_acl: name, exists: acl !== undefined, spike_factor, spike_from };
    if (!acl) return { facts: { ...known, ...noAcl, ...noTraffic, metrics_read: false, unread: [] } };
    const region = global ? undefined : aws.region;
    return { facts: { ...known, ...aclFacts(acl), ...(await traffic(probe, acl, { where, region })) } };
  },
});

/** The figures are another service's, with another right: without them the web ACL is told all the same. */
async function traffic(probe: Probe<Target>, acl: Acl, at: Omit<AclMetrics, 'acl'>): Promise<Facts> {
  const { web_acl: name, spike_factor: factor, spike_from: from } = probe.target;
  const nothing = { ...noTraffic, metrics_read: false };
  if (acl.metric === undefined)
    return { ...nothing, unread: [`web ACL ${name} reports no metrics → turn on its CloudWatch metrics`] };
  const metrics = { ...at, acl: acl.metric };
  const reporting = acl.rules.flatMap(({ name: rule, metric }) =>
    metric === undefined ? [] : [{ name: rule, metric }],
  );
  const asked = reporting.slice(0, mostRules);
  const part = asPart(probe);
  try {
    const [all, ...byRule] = await Promise.all([
      trafficOf(part, metrics, { name: 'all rules', metric: 'ALL' }),
      ...asked.map((rule) => trafficOf(part, metrics, rule)),
    ]);
    const told = trafficFacts(all, byRule, { factor, from });
    if (asked.length === reporting.length) return { ...told, metrics_read: true, unread: [] };
    // Of a part of the rules, a spike holds; that there is none does not.
    const spikes = Array.isArray(told.spikes) && told.spikes.length > 0 ? told.spikes : null;
    return { ...told, spikes, metrics_read: true, unread: [`rules past the first ${mostRules}`] };
  } catch (error) {
    return { ...nothing, unread: [reasonOf(error, probe.signal)] };
  }
}
