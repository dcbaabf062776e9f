import type { FirewallManagerRuleGroup, Rule, Scope, WAFV2, WebACL } from '@aws-sdk/client-wafv2';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { listed } from '../aws/listed.ts';

const perPage = 100;
/** AWS lets an account have 100 a region unless it asks for more. */
const mostAcls = 1_000;

/** One rule, or a rule group as the web ACL uses it. */
export interface AclRule {
  name: string;
  /** In the metrics' dimension Rule; undefined = it reports none. */
  metric: string | undefined;
  does: 'blocks' | 'counts' | 'allows';
  /** Rules of a group that the web ACL sets to Count, which may be all of them; 0 = none. */
  setToCount: number;
}

export interface Acl {
  /** In the metrics' dimension WebACL; undefined = it reports none. */
  metric: string | undefined;
  defaultAction: 'ALLOW' | 'BLOCK';
  /** Those of Firewall Manager too. */
  rules: AclRule[];
}

/** The web ACL with that name; undefined when there is none. Throws Unmeasured. */
export async function readAcl(
  { aws, signal }: { aws: AwsConnection<WAFV2>; signal: AbortSignal },
  { name, scope }: { name: string; scope: Scope },
): Promise<Acl | undefined> {
  const resource = `web ACL ${name} (${scope})`;
  const { items, complete } = await everyPage(async (NextMarker) => {
    const question = { action: 'wafv2:ListWebACLs', resource };
    const page = await askAws(aws, question, signal, (client, options) =>
      client.listWebACLs({ Scope: scope, Limit: perPage, NextMarker }, options),
    );
    return { items: listed(page.WebACLs, { ...question, region: aws.region }), next: page.NextMarker };
  }, mostAcls);
  const found = items.find((acl) => acl.Name === name);
  if (!found && !complete)
    throw new Unmeasured('too_large', `${resource} in ${aws.region} is not among the first ${mostAcls} web ACLs`);
  if (!found) return undefined;
  const { WebACL: acl } = await askAws(aws, { action: 'wafv2:GetWebACL', resource }, signal, (client, options) =>
    client.getWebACL({ Name: name, Id: found.Id, Scope: scope }, options),
  );
  if (!acl?.DefaultAction || !acl.VisibilityConfig)
    throw new Unmeasured('invalid_answer', `wafv2:GetWebACL on ${resource}: without default action or metrics`);
  return aclOf(acl);
}

function aclOf(acl: WebACL): Acl {
  const { PreProcessFirewallManagerRuleGroups: first = [], PostProcessFirewallManagerRuleGroups: last = [] } = acl;
  return {
    metric: metricOf(acl.VisibilityConfig),
    defaultAction: acl.DefaultAction?.Block ? 'BLOCK' : 'ALLOW',
    rules: [...first, ...(acl.Rules ?? []), ...last].map(ruleOf),
  };
}

function ruleOf(rule: Rule | FirewallManagerRuleGroup): AclRule {
  const action = 'Action' in rule ? rule.Action : undefined;
  const counts = action?.Count ?? rule.OverrideAction?.Count;
  const does = counts ? 'counts' : action?.Allow ? 'allows' : 'blocks';
  return { name: rule.Name ?? 'unnamed', metric: metricOf(rule.VisibilityConfig), does, setToCount: setToCount(rule) };
}

/** ExcludedRules is the older way to say it. */
function setToCount(rule: Rule | FirewallManagerRuleGroup): number {
  const statement =
    'Statement' in rule
      ? rule.Statement
      : 'FirewallManagerStatement' in rule
        ? rule.FirewallManagerStatement
        : undefined;
  const group = statement?.ManagedRuleGroupStatement ?? statement?.RuleGroupReferenceStatement;
  const overrides = group?.RuleActionOverrides?.filter(({ ActionToUse }) => ActionToUse?.Count) ?? [];
  return new Set([...overrides, ...(group?.ExcludedRules ?? [])].map(({ Name }) => Name)).size;
}

function metricOf(config: Rule['VisibilityConfig']): string | undefined {
  return config?.CloudWatchMetricsEnabled ? config.MetricName : undefined;
}
