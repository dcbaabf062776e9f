import type { Contact } from '../config/model.ts';
import type { Reachable } from './model.ts';
import type { Kept } from './store.ts';

/** What names stand for. */
export interface Known {
  contacts: ReadonlyMap<string, Contact>;
  /** Those on call first. */
  onCall: readonly Kept[];
  /** The escalation policy behind the routing key, which `on-call` means when it does not say another. */
  policy: string | undefined;
}

/** Whom this name reaches: PagerDuty's on-call people where it says so, and the contact's own addresses. Pure. */
export function peopleOf(name: string, { contacts, onCall, policy }: Known): Reachable[] {
  const contact = contacts.get(name);
  const asked = contact?.pagerduty ?? (name === 'on-call' ? { level: 1 } : undefined);
  const place = asked && (asked.policy ?? asked.schedule) === undefined ? { ...asked, policy } : asked;
  const people = place ? onCallPeople(place, onCall) : [];
  const slack = contact?.slack === undefined ? {} : { slack: contact.slack };
  const { email, phone } = contact ?? {};
  if (email === undefined && phone === undefined && people.length > 0)
    return people.map((person) => ({ ...person, ...slack }));
  const own = { name, emails: email ? [email] : [], phones: phone ? [phone] : [], ...slack };
  return contact ? [...people.map((person) => ({ ...person, ...slack })), own] : people;
}

/** Those on call there now, else the ones who were last: somebody is to be called, even so. */
function onCallPeople(place: NonNullable<Contact['pagerduty']>, onCall: readonly Kept[]): Reachable[] {
  const there = onCall.filter(({ policyId, scheduleId, level }) => {
    if (place.schedule !== undefined) return scheduleId === place.schedule;
    return level === place.level && (place.policy === undefined || policyId === place.policy);
  });
  const current = there.filter((kept) => kept.current);
  const last = there[0]?.seenAt.getTime();
  const shown = current.length > 0 ? current : there.filter(({ seenAt }) => seenAt.getTime() === last);
  const byId = new Map(shown.map((kept) => [kept.userId, kept]));
  return [...byId.values()].map(({ name, email, phones, seenAt, current: now }) => ({
    ...{ name, emails: email ? [email] : [], phones, onCall: { seenAt, current: now } },
  }));
}

/**
 * Whom to call when nobody may have been paged, in this order: on call, the backup of `on-call` (else the contact `backup`,
 * else PagerDuty's second level) and theirs. Only those with a number. Pure.
 */
export function toCall(known: Known): Reachable[] {
  const { contacts, policy } = known;
  const found = peopleOf('on-call', known);
  const seen = new Set(['on-call']);
  let next = contacts.get('on-call')?.backup ?? (contacts.has('backup') ? 'backup' : undefined);
  if (next === undefined) found.push(...onCallPeople({ level: 2, policy }, known.onCall));
  for (; next !== undefined && !seen.has(next); next = contacts.get(next)?.backup) {
    seen.add(next);
    found.push(...peopleOf(next, known));
  }
  const numbers = new Set<string>();
  return found.filter(({ phones: [first] }) => {
    if (first === undefined || numbers.has(first)) return false;
    numbers.add(first);
    return true;
  });
}
