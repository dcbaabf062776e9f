import { defineDiscovery, type Found } from '../model.ts';

const offers: [type: string, comment: string][] = [
  ['access-posture', 'Users without MFA, old access keys, security groups open to everybody'],
  ['aws-health', 'What AWS itself says of this account and region: needs a Business support plan'],
  ['cost', 'Spending by service and day. Each question to Cost Explorer costs $0.01: once a day is enough'],
  ['encryption', 'What is stored unencrypted'],
  ['security-findings', 'Open findings of Security Hub, GuardDuty and Inspector, as far as they are switched on'],
  ['unused-resources', 'Volumes that nothing uses, old snapshots'],
];

/** What looks at an account as a whole: nothing need be found for it, so nothing is asked, and somebody has to want it. */
export default defineDiscovery({
  service: 'The account as a whole',
  group: 'security',
  iam: [],
  global: true,
  async find() {
    const found = offers.map(([type, comment]): Found => {
      return { name: type, type, params: {}, beside: { every: '6h' }, comment: [comment], off: true };
    });
    return { found };
  },
});
