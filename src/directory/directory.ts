import { z } from 'zod';
import type { Contact } from '../config/model.ts';
import { defineJob, type Jobs } from '../jobs/model.ts';
import type { Schedule } from '../jobs/timing.ts';
import type { Clock } from '../kernel/clock.ts';
import { PortError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { OnCall, OnCalls } from '../paging/on-call.ts';
import type { Store } from '../store/store.ts';
import type { OnCallState, Reachable } from './model.ts';
import { type Known, peopleOf, toCall } from './people.ts';
import { keepOnCall, keepProblem, keptOnCall, lastAsked } from './store.ts';

/** Who is reached by a name, and whom to call: from the database, so that it is there while PagerDuty is away. */
export interface Directory {
  /** Whom `on-call`, `backup`, `cto` reach; empty = nobody is known by it. */
  people(name: string): Promise<Reachable[]>;
  /** The contact that ops.yml gives this name in Slack (`@devops`, `U012ABCDEF`), if one does. */
  bySlack(slack: string): Contact | undefined;
  /** Whom to call when nobody may have been paged: those with a number, the first to be called first. */
  toCall(): Promise<Reachable[]>;
  /** Asks PagerDuty who is on call and keeps it; without a token nothing. Throws PortError. */
  refresh(signal?: AbortSignal): Promise<void>;
  state(): Promise<OnCallState>;
  /** Refreshes regularly; before the queue starts. */
  takeOn(jobs: Pick<Jobs, 'handle' | 'enqueue'>): Schedule[];
  /** Has it refreshed at once when that was not done lately: an incident may come before the next regular time. Never rejects. */
  begin(jobs: Pick<Jobs, 'enqueue'>): Promise<void>;
}

const refreshJob = defineJob({
  name: 'directory.refresh',
  schema: z.object({}),
  lane: 'housekeeping',
  retry: { limit: 3, firstMs: 5_000, maxMs: 60_000 },
  keptForMs: 3_600_000,
});
const refreshEveryMs = 10 * 60_000;

export function createDirectory(ports: {
  store: Store;
  clock: Clock;
  log: Log;
  contacts: ReadonlyMap<string, Contact>;
  /** Undefined: no PAGERDUTY_API_TOKEN. */
  onCalls: OnCalls | undefined;
  /** PAGERDUTY_ESCALATION_POLICY. */
  policy: string | undefined;
}): Directory {
  const { store, clock, log, contacts, onCalls, policy } = ports;
  const known = async (): Promise<Known> => ({ contacts, policy, onCall: await keptOnCall(store.db()) });

  async function refresh(signal?: AbortSignal): Promise<void> {
    if (!onCalls) return;
    const { policies, schedules } = asked(contacts, policy);
    try {
      const found = await onCalls.now(policies, signal);
      if (schedules.length > 0) found.push(...(await onCalls.ofSchedules(schedules, signal)));
      await store.transaction((tx) => keepOnCall(tx, everyoneOnce(found), clock.now()));
    } catch (error) {
      if (!(error instanceof PortError) || error.reason === 'stopped') throw error;
      await keepProblem(store.db(), error.message);
      log.warn({ err: error }, 'who is on call could not be asked; the directory is as it was');
      throw error;
    }
  }

  return {
    people: async (name) => peopleOf(name, await known()),
    bySlack: (slack) => [...contacts.values()].find((contact) => contact.slack === slack),
    toCall: async () => toCall(await known()),
    refresh,
    state: () => onCallState(store),
    takeOn(jobs) {
      if (!onCalls) return [];
      jobs.handle(refreshJob, (_, { signal }) => refresh(signal));
      return [
        {
          name: 'directory.refresh',
          when: { everyMs: refreshEveryMs },
          missed: 'latest',
          enqueue: (tx, _slot, key) => jobs.enqueue(tx, refreshJob, {}, { key }),
        },
      ];
    },
    async begin(jobs) {
      if (!onCalls) return;
      try {
        await store.transaction<unknown, void>(async (tx) => {
          const nowMs = clock.now().getTime();
          const { answeredAt } = await lastAsked(tx);
          if (answeredAt && nowMs - answeredAt.getTime() < refreshEveryMs) return;
          // Replicas that start together ask once.
          await jobs.enqueue(tx, refreshJob, {}, { key: `begin:${Math.floor(nowMs / refreshEveryMs)}` });
        });
      } catch (error) {
        log.warn({ err: error }, 'who is on call is asked at the next regular time only');
      }
    },
  };
}

/** What is known of PagerDuty's on-call people. */
export async function onCallState({ db }: Pick<Store, 'db'>): Promise<OnCallState> {
  const [people, at] = await Promise.all([keptOnCall(db()), lastAsked(db())]);
  const current = new Map(people.filter((kept) => kept.current).map((kept) => [kept.userId, kept]));
  const withPhone = [...current.values()].filter(({ phones }) => phones.length > 0).length;
  return { ...at, people: current.size, withPhone };
}

/** What PagerDuty is asked for; no policy = all of them, when `on-call` names none either. */
function asked(contacts: ReadonlyMap<string, Contact>, policy: string | undefined) {
  const places = [...contacts.values()].flatMap(({ pagerduty }) => pagerduty ?? []);
  const named = [policy, ...places.map((place) => place.policy)].filter((id) => id !== undefined);
  const onCall = contacts.get('on-call')?.pagerduty;
  const open = policy === undefined && onCall?.policy === undefined && onCall?.schedule === undefined;
  return {
    policies: open ? [] : [...new Set(named)],
    schedules: [...new Set(places.flatMap(({ schedule }) => schedule ?? []))],
  };
}

/** A schedule that a policy names answers for both. */
function everyoneOnce(found: readonly OnCall[]): OnCall[] {
  return [...new Map(found.map((one) => [placeOf(one), one])).values()];
}

function placeOf({ userId, policyId = '', scheduleId = '', level }: OnCall): string {
  return [userId, policyId, scheduleId, level].join(' ');
}
