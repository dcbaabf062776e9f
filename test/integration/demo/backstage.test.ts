import { expect, it, onTestFinished } from 'vitest';
import { Backstage } from '../../../src/demo/backstage.ts';
import { systemClock } from '../../../src/kernel/clock.ts';

it('an authority that could not be made is made by the next who asks', async () => {
  const backstage = new Backstage(systemClock, (error) => expect.unreachable(error.message));
  onTestFinished(() => backstage.close());
  const issue = (now: Date) => backstage.ask<'certificate'>({ kind: 'certificate', days: 5, now });
  // Whatever goes wrong while it is made: here that there is no time to count from.
  await expect(issue(JSON.parse('null'))).rejects.toThrow('null');
  expect((await issue(systemClock.now())).cert).toContain('BEGIN CERTIFICATE');
});
