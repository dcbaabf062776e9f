import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, limitedBody, play, type Stage } from './play.ts';
import type { Received } from './received.ts';
import { wordsSaid } from './twiml.ts';

/** Twilio's API as far as the bot uses it: text messages and calls. */
export const telephonePath = '/2010-04-01/';

/** What of a request is read; Twilio's limits of a text and of TwiML, from its documentation. */
const LIMITS = { bytes: 64 * 1_024, textChars: 1_600, twimlChars: 4_000 };

export interface TelephoneAccount {
  accountSid: string;
  authToken: string;
  /** The number that texts and calls. */
  from: string;
}

interface TelephoneParts extends Stage {
  received: Received;
  telephone: TelephoneAccount;
}

/** `POST /2010-04-01/Accounts/{sid}/Messages.json` and `…/Calls.json`, as Twilio answers them; all else is not found. */
export async function answerTelephone(
  parts: TelephoneParts,
  request: IncomingMessage,
  response: ServerResponse,
  { pathname }: URL,
): Promise<void> {
  const { accountSid } = parts.telephone;
  const text = await limitedBody(request, LIMITS.bytes);
  const form = new URLSearchParams(text ?? '');
  const kind = /\/(Messages|Calls)\.json$/.exec(pathname)?.[1];
  const work = (): Answer => {
    if (!isAuthorized(request, parts.telephone)) return failure(401, 20003, 'Authenticate');
    const known = pathname === `${telephonePath}Accounts/${accountSid}/${kind}.json`;
    if (!known || request.method !== 'POST')
      return failure(404, 20404, `The requested resource ${pathname} was not found`);
    if (text === undefined) return failure(413, 20413, 'The request is too large');
    return kind === 'Messages' ? takeText(parts, form) : takeCall(parts, form);
  };
  const method = `twilio.${kind?.toLowerCase() ?? 'unknown'}`;
  const invalid = (errors: string[]) => failure(400, 20001, errors.join(', '));
  return play(parts, { method, args: Object.fromEntries(form), invalid, work }, response);
}

function takeText({ received, telephone }: TelephoneParts, form: URLSearchParams): Answer {
  const words = form.get('Body') ?? '';
  const wrong = wrongNumber(form, telephone);
  if (wrong) return wrong;
  if (words === '') return failure(400, 21602, 'Message body is required.');
  if (words.length > LIMITS.textChars)
    return failure(400, 21617, `The message body exceeds the ${LIMITS.textChars} character limit.`);
  return taken({ received, form, way: 'text', words });
}

function takeCall({ received, telephone }: TelephoneParts, form: URLSearchParams): Answer {
  const script = form.get('Twiml') ?? '';
  const wrong = wrongNumber(form, telephone);
  if (wrong) return wrong;
  if (script === '') return failure(400, 21205, 'Url parameter is required.');
  if (script.length > LIMITS.twimlChars)
    return failure(400, 21494, `Twiml exceeds the ${LIMITS.twimlChars} character limit.`);
  return taken({ received, form, way: 'call', words: wordsSaid(script) });
}

function taken({
  received,
  form,
  way,
  words,
}: {
  received: Received;
  form: URLSearchParams;
  way: 'text' | 'call';
  words: string;
}): Answer {
  const [to, from] = [form.get('To') ?? '', form.get('From') ?? ''];
  received.take({ way, to, from, words });
  const sid = `${way === 'text' ? 'SM' : 'CA'}${randomBytes(16).toString('hex')}`;
  return { status: 201, body: { sid, to, from, status: 'queued', ...(way === 'text' && { body: words }) } };
}

function wrongNumber(form: URLSearchParams, { from }: TelephoneAccount): Answer | undefined {
  const to = form.get('To') ?? '';
  if (to === '') return failure(400, 21604, "A 'To' phone number is required.");
  if (!/^\+[1-9]\d{5,14}$/.test(to)) return failure(400, 21211, "The 'To' number is not a valid phone number.");
  if (form.get('From') !== from)
    return failure(400, 21606, "The 'From' phone number provided is not a valid number of this account.");
  return undefined;
}

function isAuthorized({ headers }: IncomingMessage, { accountSid, authToken }: TelephoneAccount): boolean {
  const presented = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`);
  return presented.length === wanted.length && timingSafeEqual(presented, wanted);
}

function failure(status: number, code: number, message: string): Answer {
  return {
    status,
    body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
    ...(status === 401 && { headers: { 'www-authenticate': 'Basic realm="Twilio API"' } }),
  };
}
