import type { Reachable } from '../../directory/model.ts';
import type { Recipient } from '../../severities/model.ts';
import type { IncidentPorts } from '../ports.ts';

/** Where an e-mail, a text message or a call goes, and whose that is. */
export interface Address {
  name: string;
  address: string;
}

export interface Found {
  reached: Address[];
  /** In words: `cto: no phone number of theirs is known`. */
  unreached: string[];
}

type Ways = Pick<IncidentPorts, 'directory' | 'mail' | 'telephone'>;

/** Whom these recipients are, in addresses for this way; each address once. */
export async function addressesOf(
  way: 'email' | 'sms' | 'phone',
  to: readonly Recipient[],
  { directory, mail, telephone }: Ways,
): Promise<Found> {
  if (way === 'email' && !mail) return { reached: [], unreached: [`${namesOf(to)}: SMTP_URL is not set`] };
  if (way !== 'email' && !telephone)
    return { reached: [], unreached: [`${namesOf(to)}: TWILIO_ACCOUNT_SID is not set`] };
  const found = await Promise.all(to.map((recipient) => oneOf(way, recipient, directory)));
  const reached = new Map(found.flatMap((each) => each.reached).map((each) => [each.address, each]));
  return { reached: [...reached.values()], unreached: found.flatMap((each) => each.unreached) };
}

async function oneOf(
  way: 'email' | 'sms' | 'phone',
  { kind, name }: Recipient,
  directory: Ways['directory'],
): Promise<Found> {
  if (kind === 'email' || kind === 'phone') return { reached: [{ name, address: name }], unreached: [] };
  if (kind === 'member') {
    const contact = directory.bySlack(name);
    const address = way === 'email' ? contact?.email : contact?.phone;
    if (contact && address) return { reached: [{ name: contact.name, address }], unreached: [] };
    return { reached: [], unreached: [`${name}: contacts of ops.yml has no ${noun[way]} for them`] };
  }
  const people = await directory.people(name);
  if (people.length === 0) return { reached: [], unreached: [`${name}: it is not known who that is`] };
  const reached = people.flatMap((person) => addressOf(way, person));
  if (reached.length > 0) return { reached, unreached: [] };
  return { reached, unreached: [`${name}: no ${noun[way]} of theirs is known`] };
}

/** One number each: the same person is not called on two phones. */
function addressOf(way: 'email' | 'sms' | 'phone', { name, emails, phones }: Reachable): Address[] {
  const address = way === 'email' ? emails[0] : phones[0];
  return address === undefined ? [] : [{ name, address }];
}

/** Where an e-mail reaches those on call, else whoever would be called. */
export async function mailAddresses(ways: Ways): Promise<Found> {
  if (!ways.mail) return { reached: [], unreached: ['SMTP_URL is not set'] };
  const mailOf = (people: readonly Reachable[]) => people.flatMap((person) => addressOf('email', person));
  const onCall = mailOf(await ways.directory.people('on-call'));
  const reached = onCall.length > 0 ? onCall : mailOf(await ways.directory.toCall());
  if (reached.length > 0) return { reached, unreached: [] };
  return { reached, unreached: ['no e-mail address of anybody on call is known'] };
}

const noun = { email: 'e-mail address', sms: 'phone number', phone: 'phone number' };

export function namesOf(list: readonly { name: string }[]): string {
  return list.map(({ name }) => name).join(', ');
}
