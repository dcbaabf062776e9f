import { parseDuration } from '../kernel/duration.ts';
import { echo } from '../kernel/echo.ts';
import { OpsError } from '../kernel/errors.ts';
import { nearest } from '../kernel/nearest.ts';
import type { AuditSearch } from './search.ts';

/** What a search needs to know of who asks. */
export interface Asking {
  /** What `by:me` means. */
  actor: string;
  now: Date;
  /** Most rows of an answer, and how many when nobody says. */
  most: number;
  usual: number;
}

export const searchUsage = '[WORD | by:WHO | action:NAME | target:PART | since:24h | until:DATE | limit:N …]';

type Filter = (value: string, asking: Asking) => Partial<AuditSearch>;

const filters: Record<string, Filter> = {
  by: (value, { actor }) => ({ actors: value === 'me' ? [actor] : actorsOf(value) }),
  action: (value) => ({ action: value }),
  target: (value) => ({ target: value }),
  since: (value, { now }) => ({ since: moment('since', value, now) }),
  until: (value, { now }) => ({ until: moment('until', value, now) }),
  below: (value) => ({ below: number('below', value, Number.MAX_SAFE_INTEGER) }),
  limit: (value, { most }) => ({ limit: number('limit', value, most) }),
};

/** Words behind `/ops audit` → a search. Throws OpsError `invalid` for what can't be meant. Pure. */
export function parseSearch(args: readonly string[], asking: Asking): AuditSearch {
  const search: AuditSearch = { limit: asking.usual };
  const words: string[] = [];
  for (const arg of args) {
    const [, name = '', value = ''] = /^([a-z]+):(.+)$/su.exec(arg) ?? [];
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
    if (filter) Object.assign(search, filter(value, asking));
    else words.push(plainWord(arg, name));
  }
  return words.length > 0 ? { ...search, words } : search;
}

function plainWord(arg: string, name: string): string {
  const hint = `usage: audit ${searchUsage}`;
  if (/^(--|—)/.test(arg)) throw new OpsError('invalid', `There is no option ${echo(arg)}`, { hint });
  if (name.length < 2 || arg.startsWith(`${name}://`)) return arg;
  const names = Object.keys(filters);
  const meant = nearest(name, names);
  const known = `there are ${names.map((each) => `${each}:`).join(', ')}; a word to look for has no colon`;
  throw new OpsError('invalid', `There is no filter ${echo(name)}:`, {
    hint: meant ? `Did you mean ${meant}: ?` : known,
  });
}

/** `<@U123>` as Slack sends a mention, the id alone, or an actor as the audit has it: `os:anna`, `rounds`. */
function actorsOf(text: string): string[] {
  const member = /^(?:<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|(?:slack:)?([UW][A-Z0-9]+))$/.exec(text);
  if (member) return [`slack:${member[1] ?? member[2]}`];
  if (text === 'rounds' || /^os:./u.test(text)) return [text];
  // Slack sends a typed @name as it is, and names are not unique: no row has one.
  throw new OpsError('invalid', `by: can't be "${echo(text)}"`, {
    hint: "by: takes `me`, a member's id such as U012ABCDEF (profile → Copy member ID), or os:NAME",
  });
}

/** `24h` = that long ago, or a date, or a date with a time, in UTC. */
function moment(name: string, text: string, now: Date): Date {
  const ms = parseDuration(text);
  const isDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z?)?$/.test(text);
  const withZone = text.includes('T') && !text.endsWith('Z') ? `${text}Z` : text;
  const at = ms === undefined ? new Date(isDate ? withZone : Number.NaN) : new Date(now.getTime() - ms);
  if (Number.isNaN(at.getTime())) {
    const hint = 'such as 24h, 7d, 2026-11-23 or 2026-11-23T12:00Z';
    throw new OpsError('invalid', `${name}: can't be "${echo(text)}"`, { hint });
  }
  return at;
}

function number(name: string, text: string, most: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) {
    throw new OpsError('invalid', `${name}: can't be "${echo(text)}"`, { hint: `a whole number from 1 to ${most}` });
  }
  return value;
}
