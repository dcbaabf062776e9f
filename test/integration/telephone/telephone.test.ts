import { describe, expect, it } from 'vitest';
import { PortError } from '../../../src/kernel/errors.ts';
import { answer, hang, reset } from '../../support/paging.ts';
import { telephoneService } from '../../support/twilio.ts';

const { signal } = new AbortController();

describe('the telephone', () => {
  it('texts and calls as Twilio takes it', async () => {
    const { server, telephone, sent } = await telephoneService();
    await telephone.text('+1-555-0102', 'INC-1 P0: down', signal);
    await telephone.call('+1 (555) 0102', 'Fish & <Chips> "down"\u202e', signal);
    expect(sent()).toEqual([
      'text +15550102: INC-1 P0: down',
      'call +15550102: <Response><Say>Fish &amp; &lt;Chips&gt; &quot;down&quot;</Say><Pause length="1"/><Say>Once more. Fish &amp; &lt;Chips&gt; &quot;down&quot;</Say></Response>',
    ]);
    expect(server.asked[0]).toMatchObject({
      line: 'POST /2010-04-01/Accounts/ACtest/Messages.json',
      authorization: `Basic ${Buffer.from('ACtest:the-token-of-the-tests').toString('base64')}`,
    });
    expect(new URLSearchParams(server.asked[0]!.body).get('From')).toBe('+15550100');
  });

  it.each([
    [
      'a refused number',
      answer(400, { code: 21211, message: 'Invalid +15550102' }),
      'refused',
      false,
      '400, code 21211',
    ],
    ['a wrong token', answer(401, { code: 20003 }), 'unauthorized', false, '401'],
    ['too many', answer(429, '', { 'retry-after': '3' }), 'rate_limited', true, '429'],
    ['a 502 with HTML', answer(502, '<html>'), 'unavailable', true, '502'],
    ['a redirection', answer(302, '', { location: 'http://127.0.0.1:9/' }), 'unavailable', true, '302'],
    ['one that hangs', hang, 'unconfirmed', true, 'did not answer within 0.3 s'],
    ['one that breaks', reset, 'unconfirmed', true, 'broke'],
  ] as const)('says of %s what to do', async (_, behaviour, reason, retryable, words) => {
    const { telephone } = await telephoneService(behaviour);
    const error = await telephone.text('+15550102', 'x', signal).catch((thrown: unknown) => thrown);
    if (!(error instanceof PortError)) throw error;
    expect(error).toMatchObject({ reason, retryable, message: expect.stringContaining(words) });
    expect(error.message).not.toMatch(/5550102|the-token/);
  });

  it('that is not there was never asked', async () => {
    const { server, telephone } = await telephoneService();
    await server.stop();
    await expect(telephone.call('+15550102', 'x', signal)).rejects.toMatchObject({ reason: 'unreachable' });
  });
});
