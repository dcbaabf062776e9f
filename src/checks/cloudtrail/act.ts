import type { Event } from '@aws-sdk/client-cloudtrail';
import { Unmeasured } from '../../kernel/check.ts';
import { minuteOf } from '../facts/few.ts';

/** One management event, as far as it is told: who did what when, and how it ended. No addresses, no parameters. */
export interface Act {
  who: string;
  /** `s3:DeleteBucket`. */
  what: string;
  name: string;
  at: Date;
  /** AWS itself did it: a service, or a role that is a service's alone. */
  byAws: boolean;
  /** `AccessDenied`; empty = it succeeded. */
  error: string;
  loginFailed: boolean;
}

/** The members that are read of an event's JSON. */
interface Written {
  eventSource?: string;
  errorCode?: string;
  responseElements?: { ConsoleLogin?: string } | null;
  userIdentity?: Identity;
}

interface Identity {
  type?: string;
  userName?: string;
  accountId?: string;
  invokedBy?: string;
  sessionContext?: { sessionIssuer?: { userName?: string } };
}

/** Reads an event; throws Unmeasured when it isn't what CloudTrail documents. */
export function actOf({ EventName: name, EventTime: at, CloudTrailEvent, EventSource }: Event): Act {
  const written = parse(CloudTrailEvent);
  if (name === undefined || at === undefined || written === undefined)
    throw new Unmeasured('invalid_answer', `cloudtrail:LookupEvents: an event ${name ?? ''} without its record`);
  const { userIdentity = {}, errorCode = '', responseElements } = written;
  const source = (written.eventSource ?? EventSource ?? '').replace(/\.amazonaws\.com(\.cn)?$/, '');
  const role = userIdentity.sessionContext?.sessionIssuer?.userName ?? '';
  return {
    ...{ who: whoIs(userIdentity, role), what: `${source}:${name}`, name, at, error: errorCode },
    byAws: userIdentity.type === 'AWSService' || role.startsWith('AWSServiceRoleFor'),
    loginFailed: responseElements?.ConsoleLogin === 'Failure',
  };
}

function parse(json: string | undefined): Written | undefined {
  try {
    const value: unknown = JSON.parse(json ?? '');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Users and roles by name. A session's name is left out: with single sign-on it is somebody's address. */
function whoIs({ type, userName, accountId, invokedBy }: Identity, role: string): string {
  if (type === 'Root') return 'root';
  if (role !== '') return `role ${role}`;
  if (userName !== undefined && type === 'IAMUser')
    return userName.startsWith('HIDDEN_') ? 'a user that does not exist' : userName;
  if (type === 'AWSService') return invokedBy ?? 'AWS';
  return accountId === undefined ? (type ?? 'unknown') : `${type} of account ${accountId}`;
}

/** `alice s3:DeleteBucket ×2 (2026-11-23 11:40 UTC)`: the most frequent first, with the time of the newest. */
export function whoDidWhat(acts: Act[]): string[] {
  const groups = Map.groupBy(acts, ({ who, what }) => `${who} ${what}`);
  return [...groups]
    .map(([label, same]) => ({ label, times: same.length, newest: Math.max(...same.map(({ at }) => at.getTime())) }))
    .toSorted((a, b) => b.times - a.times || b.newest - a.newest)
    .map(({ label, times, newest }) => `${label} ×${times} (${minuteOf(new Date(newest))})`);
}
