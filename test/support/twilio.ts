import { onTestFinished } from 'vitest';
import { createTelephone } from '../../src/telephone/telephone.ts';
import { answer, Misbehaving } from './paging.ts';

/** A telephone service that takes everything, unless it is told to behave otherwise. */
export async function telephoneService(...behaviours: ConstructorParameters<typeof Misbehaving>) {
  const server = await new Misbehaving(
    ...(behaviours.length > 0 ? behaviours : [answer(201, { sid: 'SM1', status: 'queued' })]),
  ).start();
  onTestFinished(() => server.stop());
  const account = { accountSid: 'ACtest', authToken: 'the-token-of-the-tests', from: '+15550100' };
  return {
    server,
    telephone: createTelephone({ url: server.url, ...account, timeoutMs: 300 }),
    /** What was texted and said, oldest first: `text +15550102: words`. */
    sent: () =>
      server.asked.map(({ line, body }) => {
        const form = new URLSearchParams(body);
        return line.includes('Messages.json')
          ? `text ${form.get('To')}: ${form.get('Body')}`
          : `call ${form.get('To')}: ${form.get('Twiml')}`;
      }),
  };
}
