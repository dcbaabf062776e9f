import type { AwsAccount } from '../../kernel/aws.ts';
import type { Probe } from '../../kernel/check.ts';
import { unmeasuredFrom } from './errors.ts';

/** Where a check asks: an account of the config (undefined = whose credentials the bot has) in a region. */
export interface Where {
  account: AwsAccount | undefined;
  region: string | undefined;
}

/** The check's own region, else its account's, else the config's; undefined = as environment and profile say. */
export function whereOf({
  target,
  site,
}: Pick<Probe<{ account?: string | undefined; region?: string | undefined }>, 'target' | 'site'>): Where {
  const account = target.account === undefined ? undefined : site.aws?.accounts.get(target.account);
  return { account, region: target.region ?? account?.region ?? site.aws?.region };
}

/** The keys of the role that reads this account, for an hour; the SDK asks again before they end. Throws Unmeasured. */
export function assumed({ name, role, externalId }: AwsAccount, region: string | undefined) {
  return async () => {
    const { STS } = await import('@aws-sdk/client-sts');
    const sts = new STS({ ...(region !== undefined && { region }), maxAttempts: 2 });
    // Ended by whoever waits for the keys, who gives up first.
    const signal = AbortSignal.timeout(10_000);
    try {
      const request = { RoleArn: role, RoleSessionName: 'rounds', ExternalId: externalId, DurationSeconds: 3_600 };
      const { Credentials } = await sts.assumeRole(request, { abortSignal: signal });
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = Credentials ?? {};
      return {
        ...{ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
        ...(Expiration && { expiration: Expiration }),
      };
    } catch (error) {
      const question = { action: 'sts:AssumeRole', resource: `${role} (account ${name})`, region: region ?? 'default' };
      throw unmeasuredFrom(error, question, signal);
    } finally {
      sts.destroy();
    }
  };
}

/** The lane of checks that ask one service of one account in one region. */
export function awsLane(
  service: string,
  { account, region }: { account?: string | undefined; region?: string | undefined },
): string {
  return `aws:${service}:${account ?? 'own'}:${region ?? 'default'}`;
}
