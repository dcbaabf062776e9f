import { describe, expect, it } from 'vitest';
import { PortError } from '../../../src/kernel/errors.ts';
import { createMail } from '../../../src/mail/mail.ts';
import { eventually } from '../../support/eventually.ts';
import { smtpServer } from '../../support/smtp.ts';

const { signal } = new AbortController();
const message = {
  to: 'anna@example.com',
  subject: 'INC-1 P0: API is down',
  text: 'Line 1\nLine 2',
  id: 'incident-1-told',
};
const over = (url: string) => createMail({ url, from: 'Rounds <rounds@example.com>', timeoutMs: 300 });

async function failureOf(sending: Promise<void>): Promise<PortError> {
  const error = await sending.then(
    () => expect.fail('it was sent'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PortError)) throw error;
  return error;
}

describe('an e-mail', () => {
  it('arrives as plain text, marked as automatic, under the same id when it is sent again', async () => {
    const smtp = await smtpServer();
    const mail = over(smtp.url);
    await mail.send(message, signal);
    await mail.send(message, signal);
    expect(smtp.mails.map(({ to }) => to)).toEqual([['anna@example.com'], ['anna@example.com']]);
    for (const { text } of smtp.mails) {
      expect(text).toContain('From: Rounds <rounds@example.com>');
      expect(text).toContain('Subject: INC-1 P0: API is down');
      expect(text).toContain('Message-ID: <incident-1-told@example.com>');
      expect(text).toContain('Auto-Submitted: auto-generated');
      expect(text).toContain('Line 1\nLine 2');
    }
    await eventually(() => expect(smtp.open()).toBe(0));
  });

  it('carries no secret, and no header of a hostile subject', async () => {
    const smtp = await smtpServer();
    const subject = 'down\r\nBcc: eve@example.com\r\n\r\nhi password=hunter2hunter2';
    await over(smtp.url).send({ ...message, subject, text: 'token xoxb-123456789012-abcdefghijkl' }, signal);
    expect(smtp.mails[0]!.to).toEqual(['anna@example.com']);
    expect(smtp.mails[0]!.text).not.toMatch(/^Bcc:/m);
    expect(smtp.mails[0]!.text).not.toMatch(/hunter2|abcdefghijkl/);
  });
});

describe('a mail server', () => {
  it('that says nothing is given up in time, and its connection closed', async () => {
    const smtp = await smtpServer('silent');
    const error = await failureOf(over(smtp.url).send(message, signal));
    expect(error).toMatchObject({ reason: 'unconfirmed', retryable: true });
    await eventually(() => expect(smtp.open()).toBe(0));
  });

  it('that hangs up behind what it took may have it', async () => {
    const smtp = await smtpServer('takes and hangs up');
    expect((await failureOf(over(smtp.url).send(message, signal))).retryable).toBe(true);
    expect(smtp.mails).toHaveLength(1);
  });

  it.each([
    [451, 'unavailable', true],
    [550, 'refused', false],
  ] as const)('that answers %d: %s', async (code, reason, retryable) => {
    const smtp = await smtpServer(`refuses ${code}`);
    const error = await failureOf(over(smtp.url).send(message, signal));
    expect(error).toMatchObject({ reason, retryable });
    expect(error.message).toContain(String(code));
    expect(error.message).not.toContain('anna');
  });

  it('that is not there, and one that is not waited for', async () => {
    const smtp = await smtpServer();
    await smtp.close();
    const url = smtp.url.replace('smtp://', 'smtp://rounds:the-password@');
    const error = await failureOf(over(url).send(message, signal));
    expect(error).toMatchObject({ reason: 'unreachable', retryable: true });
    expect(error.message).not.toContain('the-password');
    const silent = await smtpServer('silent');
    const stop = new AbortController();
    const sending = over(silent.url).send(message, stop.signal);
    stop.abort();
    expect(await failureOf(sending)).toMatchObject({ reason: 'stopped' });
  });
});
