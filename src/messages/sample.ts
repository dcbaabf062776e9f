import type { Facts, Messages } from './messages.ts';

/** What each kind of message may name: with all of it, and with as little as there may be. Templates are tried with both. */
const samples: Record<'notification' | 'update' | 'resolution', { full: Facts; optional: readonly string[] }> = {
  notification: {
    full: {
      ...{ mark: '🔴', incident: 'INC-42', severity: 'P0 Critical', title: 'API is down' },
      ...{
        detected: '23 Nov 09:00 UTC',
        systems: 'API, IVR',
        status: 'nobody has taken it on yet',
        known: 'since 08:58',
      },
      ...{ response: 'who is on call is paged', next_update: '23 Nov 09:15 UTC', where: '#inc-20261123-api-is-down' },
    },
    optional: ['systems', 'known', 'next_update', 'where'],
  },
  update: {
    full: {
      ...{ mark: '🟠', incident: 'INC-42', severity: 'P0 Critical', title: 'API is down', number: 3 },
      ...{ time: '23 Nov 09:15 UTC', status: 'found it', done: 'rolled back', next: 'watching', eta: '09:30' },
      ...{ next_update: '23 Nov 09:30 UTC' },
    },
    optional: ['done', 'next', 'eta', 'next_update'],
  },
  resolution: {
    full: {
      ...{ incident: 'INC-42', severity: 'P0 Critical', title: 'API is down', time: '23 Nov 09:38 UTC' },
      ...{ duration: '38 min', cause: 'a bad release', resolution: 'rolled back', prevention: 'a canary' },
    },
    optional: ['prevention'],
  },
};

export type MessageKind = keyof typeof samples;

/** What each kind may name, for the documentation. */
export function namesOf(kind: MessageKind): string[] {
  return Object.keys(samples[kind].full);
}

/** Why a template can't be used for this kind of message; undefined = it can. Pure. */
export function problemOf(messages: Messages, kind: MessageKind, name: string): 'missing' | string | undefined {
  if (!messages.names.includes(name)) return 'missing';
  const { full, optional } = samples[kind];
  const least = { ...full, ...Object.fromEntries(optional.map((each) => [each, ''])) };
  for (const facts of [full, least]) {
    try {
      if (messages.slack(name, facts) === '') return 'it says nothing';
      messages.plain(name, facts);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  return undefined;
}
