import type { SecurityHub, StandardsSubscription } from '@aws-sdk/client-securityhub';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';

/** GetEnabledStandards answers at most this many a page. */
const perPage = 100;
/** AWS has about a dozen. */
const mostStandards = 500;

export interface Standards {
  /** Those that check nothing, or not all, and why; of none at all, that. */
  off: string[];
  /** Those that AWS is enabling, or adding controls to: what these will find isn't known yet. */
  pending: string[];
  /** The account that is asked, where a standard tells. */
  account: string | undefined;
}

/** The standards by which Security Hub checks: without one it looks at nothing by itself. Throws Unmeasured. */
export async function readStandards(aws: AwsConnection<SecurityHub>, signal: AbortSignal): Promise<Standards> {
  const question = { action: 'securityhub:GetEnabledStandards', resource: 'standards' };
  const { items } = await everyPage(async (NextToken) => {
    const page = await askAws(aws, question, signal, (client, options) =>
      client.getEnabledStandards({ MaxResults: perPage, NextToken }, options),
    );
    if (!page.StandardsSubscriptions) throw invalid(aws.region, 'an answer without standards');
    return { items: page.StandardsSubscriptions, next: page.NextToken };
  }, mostStandards);
  const [first] = items;
  if (!first)
    return { off: [`Security Hub in ${aws.region} has no standard enabled`], pending: [], account: undefined };
  const pending = items.filter(({ StandardsStatus }) => StandardsStatus === 'PENDING');
  const off = items.filter(({ StandardsStatus }) => StandardsStatus !== 'PENDING' && StandardsStatus !== 'READY');
  return {
    off: off.map((standard) => stateOf(standard, aws.region)),
    pending: pending.map((standard) => `${stateOf(standard, aws.region)} → wait until AWS has enabled its controls`),
    account: first.StandardsSubscriptionArn?.split(':')[4] || undefined,
  };
}

/** `arn:aws:securityhub:eu-west-1::standards/pci-dss/v/3.2.1` by what comes after its first slash. */
function stateOf(standard: StandardsSubscription, region: string): string {
  const { StandardsArn = '', StandardsStatus = 'without a status', StandardsStatusReason: why } = standard;
  const name = StandardsArn.slice(StandardsArn.indexOf('/') + 1) || 'one';
  const reason = why?.StatusReasonCode ? `: ${why.StatusReasonCode}` : '';
  return `Security Hub's standard ${name} in ${region} is ${StandardsStatus}${reason}`;
}

function invalid(region: string, what: string): Unmeasured {
  return new Unmeasured('invalid_answer', `securityhub:GetEnabledStandards in ${region}: ${what}`, {
    next: 'look in the Security Hub console',
  });
}
