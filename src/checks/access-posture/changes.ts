import type { IAM } from '@aws-sdk/client-iam';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';

const perPage = 1_000;
/** Of each kind; AWS allows an account 1000 roles and 1500 policies unless they were raised. */
export const mostPolicies = 5_000;

export interface Change {
  what: string;
  at: Date;
}

export interface Changes {
  items: Change[];
  /** False when there are more roles or policies than were read. */
  complete: boolean;
}

/**
 * Roles created and the account's own policies changed since then, newest first. IAM doesn't date changes of a role, nor of
 * policies written into it. Throws Unmeasured.
 */
export async function changesSince(iam: AwsConnection<IAM>, signal: AbortSignal, since: Date): Promise<Changes> {
  const [roles, policies] = await Promise.all([allRoles(iam, signal), allPolicies(iam, signal)]);
  const items = [...roles.items, ...policies.items]
    .filter(({ at }) => at >= since)
    .sort((a, b) => b.at.getTime() - a.at.getTime());
  return { items, complete: roles.complete && policies.complete };
}

function allRoles(iam: AwsConnection<IAM>, signal: AbortSignal): Promise<Changes> {
  const question = { action: 'iam:ListRoles', resource: 'roles' };
  return everyPage(async (Marker) => {
    const page = await askAws(iam, question, signal, (client, options) =>
      client.listRoles({ MaxItems: perPage, Marker }, options),
    );
    if (!page.Roles) throw invalid(question.action, 'an answer without roles');
    // Those of services come and go with what AWS does by itself.
    const own = page.Roles.filter(({ Path }) => !Path?.startsWith('/aws-service-role/'));
    return {
      items: own.map(({ RoleName, CreateDate }) => dated(`role ${RoleName} created`, CreateDate)),
      next: page.Marker,
    };
  }, mostPolicies);
}

function allPolicies(iam: AwsConnection<IAM>, signal: AbortSignal): Promise<Changes> {
  const question = { action: 'iam:ListPolicies', resource: 'policies' };
  return everyPage(async (Marker) => {
    const page = await askAws(iam, question, signal, (client, options) =>
      client.listPolicies({ Scope: 'Local', MaxItems: perPage, Marker }, options),
    );
    if (!page.Policies) throw invalid(question.action, 'an answer without policies');
    const items = page.Policies.map(({ PolicyName, UpdateDate }) => dated(`policy ${PolicyName} changed`, UpdateDate));
    return { items, next: page.Marker };
  }, mostPolicies);
}

function dated(what: string, at: Date | undefined): Change {
  if (!at) throw invalid('IAM', `no date of: ${what}`);
  return { what, at };
}

function invalid(action: string, what: string): Unmeasured {
  return new Unmeasured('invalid_answer', `${action}: ${what}`, { next: 'look in the IAM console' });
}
