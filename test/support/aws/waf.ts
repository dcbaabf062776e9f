import { AwsRefusal } from './refusal.ts';
import type { JsonService } from './service.ts';

type Action = 'Block' | 'Allow' | 'Count' | 'Captcha' | 'Challenge';

export interface StandInRule {
  name: string;
  /** A group has an override instead: None leaves its own actions, Count only counts. */
  action: Action | 'group' | 'group that counts';
  /** Of a group: rules that the web ACL overrides, and how; or in the older way, which always counts. */
  overrides?: Record<string, Action>;
  excluded?: string[];
  /** Default: the name. */
  metric?: string;
  metrics?: boolean;
  /** Firewall Manager put it there. */
  managed?: 'first' | 'last';
}

export interface StandInAcl {
  scope: 'REGIONAL' | 'CLOUDFRONT';
  defaultAction: 'Allow' | 'Block' | undefined;
  rules: StandInRule[];
  metric?: string;
  metrics?: boolean;
}

export interface WafState {
  acls: Record<string, StandInAcl>;
}

const invalid = (message: string) => new AwsRefusal('WAFInvalidParameterException', message);

/** AWS WAF's ListWebACLs and GetWebACL (AWS JSON 1.1); a marker comes with every page that has items, as AWS does. */
export function wafStandIn(state: WafState): JsonService {
  const ofScope = (scope: unknown, region: string) => {
    if (scope !== 'REGIONAL' && scope !== 'CLOUDFRONT') throw invalid('SCOPE_VALUE is not valid');
    if (scope === 'CLOUDFRONT' && region !== 'us-east-1') throw invalid('The scope is not valid in this region');
    return Object.entries(state.acls).filter(([, acl]) => acl.scope === scope);
  };
  return {
    ...{ signingName: 'wafv2', iamPrefix: 'wafv2' },
    ...{ target: 'AWSWAF_20190729', contentType: 'application/x-amz-json-1.1' },
    operations: {
      ListWebACLs({ Scope, Limit = 100, NextMarker }, { region }) {
        if (!(Number(Limit) >= 1 && Number(Limit) <= 100)) throw invalid('Limit: between 1 and 100');
        const names = ofScope(Scope, region).map(([name]) => name);
        const from = NextMarker === undefined ? 0 : names.indexOf(String(NextMarker)) + 1;
        const page = names.slice(from, from + Number(Limit));
        return { WebACLs: page.map((name) => ({ Name: name, Id: `id-${name}` })), NextMarker: page.at(-1) };
      },
      GetWebACL({ Scope, Name, Id }, { region }) {
        const found = ofScope(Scope, region).find(([name]) => name === Name && Id === `id-${name}`);
        if (!found) throw new AwsRefusal('WAFNonexistentItemException', 'AWS WAF couldn’t perform the operation');
        return { WebACL: wireAcl(...found), LockToken: 'lock' };
      },
    },
  };
}

function wireAcl(name: string, { defaultAction, rules, metric = name, metrics = true }: StandInAcl) {
  const placed = (managed: StandInRule['managed']) => rules.filter((rule) => rule.managed === managed).map(wireRule);
  return {
    ...{ Name: name, Id: `id-${name}`, DefaultAction: defaultAction && { [defaultAction]: {} } },
    VisibilityConfig: { CloudWatchMetricsEnabled: metrics, MetricName: metric, SampledRequestsEnabled: true },
    ...{ Rules: placed(undefined), PreProcessFirewallManagerRuleGroups: placed('first') },
    PostProcessFirewallManagerRuleGroups: placed('last'),
  };
}

/** Of Firewall Manager's groups the statement has another name. */
function statementOf({ action, overrides = {}, excluded, managed }: StandInRule) {
  if (!action.startsWith('group')) return { Statement: {} };
  const group = {
    ...{ VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' },
    RuleActionOverrides: Object.entries(overrides).map(([Name, use]) => ({ Name, ActionToUse: { [use]: {} } })),
    ExcludedRules: excluded?.map((Name) => ({ Name })),
  };
  return { [managed ? 'FirewallManagerStatement' : 'Statement']: { ManagedRuleGroupStatement: group } };
}

function wireRule(rule: StandInRule, priority: number) {
  const { name, action, metric = name, metrics = true } = rule;
  const what =
    action === 'group' || action === 'group that counts'
      ? { OverrideAction: action === 'group' ? { None: {} } : { Count: {} } }
      : { Action: { [action]: {} } };
  return {
    ...{ Name: name, Priority: priority, ...statementOf(rule), ...what },
    VisibilityConfig: { CloudWatchMetricsEnabled: metrics, MetricName: metric, SampledRequestsEnabled: true },
  };
}
