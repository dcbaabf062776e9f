import { expect, it } from 'vitest';
import { PortError } from '../../../src/kernel/errors.ts';
import { createRefusals } from '../../../src/slack/upload.ts';

const refused = (reason: string) => new PortError(reason, reason, { retryable: false });

it('a refusal is expected again in its channel, for ten minutes or until a picture is taken', () => {
  let now = 0;
  const refusals = createRefusals({ missingScopes: ['pins:write'], elapsedMs: () => now });
  refusals.ended('C1', refused('not_in_channel'));
  refusals.ended('C2', refused('unconfirmed'));
  expect(refusals.expected('C1')?.reason).toBe('not_in_channel');
  expect(refusals.expected('C2')).toBeUndefined();
  now = 600_000;
  expect(refusals.expected('C1')).toBeUndefined();
  refusals.ended('C1', refused('channel_not_found'));
  refusals.ended('C1');
  expect(refusals.expected('C1')).toBeUndefined();
});

it('a token without files:write is refused everywhere', () => {
  expect(createRefusals({ missingScopes: ['files:write'] }).expected('C1')?.reason).toBe('missing_scope');
});
