import type { GuardDuty } from '@aws-sdk/client-guardduty';
import { awsService } from './client.ts';

export const connectGuardDuty = awsService<GuardDuty>({
  load: async () => (await import('@aws-sdk/client-guardduty')).GuardDuty,
  pace: { perSecond: 5, concurrent: 2 },
});
