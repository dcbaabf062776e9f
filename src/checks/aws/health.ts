import type { Health } from '@aws-sdk/client-health';
import { awsService } from './client.ts';

export const connectHealth = awsService<Health>({
  load: async () => (await import('@aws-sdk/client-health')).Health,
  pace: { perSecond: 5, concurrent: 1 },
});

/** AWS Health answers for all regions of a partition in one of them. */
export function healthRegion(region: string): string {
  if (region.startsWith('cn-')) return 'cn-northwest-1';
  if (region.startsWith('us-gov-')) return 'us-gov-west-1';
  return 'us-east-1';
}
