import type { STS } from '@aws-sdk/client-sts';
import type { Where } from '../checks/aws/account.ts';
import { askAws, awsService } from '../checks/aws/client.ts';

const connect = awsService<STS>({
  load: async () => (await import('@aws-sdk/client-sts')).STS,
  pace: { perSecond: 5, concurrent: 2 },
});

/** Whose account the credentials are for, and the region that they ask in; it takes no right. Throws Unmeasured. */
export async function identityOf(where: Where, signal: AbortSignal): Promise<{ number: string; region: string }> {
  const sts = await connect(where, signal);
  const question = { action: 'sts:GetCallerIdentity', resource: 'the credentials' };
  const { Account = 'unknown' } = await askAws(sts, question, signal, (client, options) => {
    return client.getCallerIdentity({}, options);
  });
  return { number: Account, region: sts.region };
}
