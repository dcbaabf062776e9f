import type { Transporter } from 'nodemailer';
import { PortError } from '../kernel/errors.ts';
import { redact } from '../kernel/redact.ts';

/** Sends e-mails through one server. */
export interface Mail {
  /**
   * One e-mail of plain text to one address. `id` names it: what is sent again has the same Message-ID, by which mailboxes
   * may tell that it is the same. Never waits longer than the deadline.
   * @throws PortError `unreachable` (not sent), `unconfirmed` (may have been), `unavailable` (the server says not now):
   * send again; `refused`, `unauthorized`: sending again is useless; `stopped` by `signal`
   */
  send(message: MailMessage, signal: AbortSignal): Promise<void>;
}

export interface MailMessage {
  to: string;
  subject: string;
  text: string;
  id: string;
}

export interface MailOptions {
  /** `smtp://USER:PASSWORD@HOST:587`. */
  url: string;
  /** `Rounds <rounds@example.com>`. */
  from: string;
  /** Of one e-mail as a whole; default 15 s. */
  timeoutMs?: number;
}

export function createMail({ url, from, timeoutMs = 15_000 }: MailOptions): Mail {
  const domain = /@([^\s@>]+)>?$/.exec(from)?.[1] ?? 'rounds.invalid';
  return {
    async send({ to, subject, text, id }, signal) {
      if (signal.aborted) throw stopped();
      const { createTransport } = await import('nodemailer');
      // A connection of its own: what hangs is closed, and holds nothing else.
      const transport = createTransport({
        ...{ url, connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
        ...{ disableFileAccess: true, disableUrlAccess: true },
      });
      const message = {
        ...{ from, to, subject: redact(subject), text: redact(text) },
        messageId: `<${id.replace(/[^\w.-]+/g, '.')}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      };
      await inTime(transport, transport.sendMail(message), { signal, timeoutMs });
    },
  };
}

async function inTime(
  transport: Transporter,
  sending: Promise<unknown>,
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<void> {
  const ended = Promise.withResolvers<never>();
  const late = new PortError('unconfirmed', `the mail server did not answer within ${timeoutMs / 1_000} s`, {
    retryable: true,
  });
  const timer = setTimeout(() => ended.reject(late), timeoutMs);
  const stop = () => ended.reject(stopped());
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    await Promise.race([sending.catch((error: unknown) => Promise.reject(failureOf(error))), ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    transport.close();
  }
}

function stopped(): PortError {
  return new PortError('stopped', 'the sending was stopped before the mail server answered', { retryable: true });
}

/** What the server answered, by its code alone: its words can hold the address, and the password. */
function failureOf(error: unknown): PortError {
  const { code, responseCode } = typeof error === 'object' && error !== null ? (error as Failure) : {};
  const cause = error;
  if (code === 'EAUTH')
    return new PortError('unauthorized', 'the mail server refuses the user or the password of SMTP_URL', {
      ...{ retryable: false, cause },
    });
  if (typeof responseCode === 'number' && responseCode >= 500)
    return new PortError('refused', `the mail server refuses the e-mail (${responseCode})`, {
      retryable: false,
      cause,
    });
  if (typeof responseCode === 'number')
    return new PortError('unavailable', `the mail server does not take it now (${responseCode})`, {
      ...{ retryable: true, cause },
    });
  if (code === 'ETIMEDOUT')
    return new PortError('unconfirmed', 'the mail server does not answer in time', { retryable: true, cause });
  const why = typeof code === 'string' ? ` (${code})` : '';
  return new PortError('unreachable', `the mail server can't be reached${why}`, { retryable: true, cause });
}

interface Failure {
  code?: unknown;
  responseCode?: unknown;
}
