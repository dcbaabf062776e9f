import fc from 'fast-check';
import { beforeAll, expect, it, vi } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { anna, emptied, type Room, roomOf } from '../../support/incidents.ts';
import { quietChannels } from '../../support/quiet-channels.ts';
import { embeddedStore } from '../../support/store.ts';

vi.setConfig({ testTimeout: 300_000 });

/** One thing that happens to incidents; `at` names one of those of the run. */
type Step =
  | { do: 'declare'; key: number; severity: string; drill: boolean }
  | { do: 'acknowledge' | 'reopen' | 'mitigate' | 'resume' | 'resolve' | 'pause'; at: number }
  | { do: 'severity'; at: number; severity: string }
  | { do: 'merge'; at: number; into: number }
  | { do: 'in PagerDuty'; at: number; page: number; what: 'acknowledged' | 'resolved' }
  | { do: 'time passes'; ms: number }
  | { do: 'jobs run'; twice: boolean }
  | { do: 'PagerDuty' | 'Slack'; away: boolean };

const severity = fc.constantFrom('P0', 'P1', 'P3');
const at = fc.nat(2);
const only = <T extends string>(value: T) => fc.constant(value);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: only('declare'), key: fc.nat(3), severity, drill: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('acknowledge', 'reopen', 'mitigate', 'resume', 'resolve', 'pause'),
      at,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: only('severity'), at, severity }) },
  { weight: 1, arbitrary: fc.record({ do: only('merge'), at, into: at }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ do: only('in PagerDuty'), at, page: fc.integer({ min: 1, max: 3 }) },
      what: fc.constantFrom('acknowledged', 'resolved'),
    }),
  },
  // The clock of the machine, too, is set back and forth.
  { weight: 2, arbitrary: fc.record({ do: only('time passes'), ms: fc.integer({ min: -600_000, max: 7_200_000 }) }) },
  { weight: 4, arbitrary: fc.record({ do: only('jobs run'), twice: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('PagerDuty', 'Slack'), away: fc.boolean() }) },
);

/** What the run must have come to, kept beside it: nothing of it is read from the database. */
interface Model {
  id: number;
  severity: string;
  drill: boolean;
  state: 'open' | 'acknowledged' | 'resolved';
  mitigated: boolean;
  paused: boolean;
  /** How often somebody was to be rung. */
  rings: number;
  audited: string[];
}

const ranks: Record<string, number> = { P0: 0, P1: 1, P3: 3 };
/** P3 tells nobody by phone at any hour, the others at every hour. */
const pages = ({ drill, severity }: Pick<Model, 'drill' | 'severity'>) => !drill && severity !== 'P3';

let store: Store;
let room: Room;
let used: Workspace | undefined;
let runs = 0;
beforeAll(async () => {
  store = await embeddedStore();
  return () => used?.close();
});

it('whatever happens, in whatever order, an incident is one, rings once for each reason, and ends as people said', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
    // What earlier runs left would be looked at again and again.
    if (runs % 40 === 0) await freshRoom();
    else {
      await emptied(store);
      await store.pool.query(`select setval('incident_id_seq', ${(runs + 1) * 100}, false)`);
    }
    runs += 1;
    room.workspace.clearFaults();
    const models = new Map<number, Model>();
    for (const each of steps) await carryOut(each, models, runs);
    room.workspace.clearFaults();
    await room.queue.finish(30);
    for (const model of models.values()) await expectTrue(model);
  });
  // Each run draws others: a thousand a day of CI. More at once with ROUNDS_MACHINE_RUNS.
  const numRuns = Number(process.env.ROUNDS_MACHINE_RUNS ?? 300);
  await fc.assert(property, { numRuns, endOnFailure: true });
});

async function freshRoom(): Promise<void> {
  await used?.close();
  used = await startWorkspace();
  room = await roomOf(store, { workspace: used, port: quietChannels });
  // No number twice: the audit keeps what earlier runs did.
  await store.pool.query(`select setval('incident_id_seq', ${(runs + 1) * 100}, false)`);
}

async function carryOut(step: Step, models: Map<number, Model>, run: number): Promise<void> {
  const asker = { by: anna, request: `run${run}` };
  const { incidents, queue, workspace } = room;
  const all = [...models.values()];
  const model = 'at' in step ? all[step.at % Math.max(1, all.length)] : undefined;
  if ('at' in step && !model) return;
  switch (step.do) {
    case 'declare': {
      const { key, severity, drill } = step;
      const done = await incidents.declare(asker, { key: `${run}/${key}`, severity, title: `of run ${run}`, drill });
      expect(done.kind).toBe(models.has(key) ? 'known' : 'declared');
      if (models.has(key)) return;
      const made: Model = {
        ...{ id: done.incident.id, severity, drill, state: 'open', mitigated: false, paused: false, rings: 0 },
        audited: ['incident.declare'],
      };
      if (pages(made)) made.rings += 1;
      models.set(key, made);
      return;
    }
    case 'acknowledge':
      return changes(
        model!,
        await incidents.acknowledge(asker, model!.id),
        'acknowledged',
        model!.state === 'open',
        () => {
          model!.state = 'acknowledged';
        },
      );
    case 'resolve':
      return changes(
        model!,
        await incidents.resolve(asker, { id: model!.id, words: '' }),
        'resolved',
        !over(model!),
        () => {
          model!.state = 'resolved';
          model!.paused = false;
        },
      );
    case 'reopen':
      return changes(
        model!,
        await incidents.reopen(asker, { id: model!.id, words: '' }),
        'reopened',
        over(model!),
        () => {
          Object.assign(model!, { state: 'open', mitigated: false });
          if (pages(model!)) model!.rings += 1;
        },
      );
    case 'mitigate':
      return changes(
        model!,
        await incidents.mitigate(asker, model!.id),
        'mitigated',
        !over(model!) && !model!.mitigated,
        () => {
          model!.mitigated = true;
        },
      );
    case 'pause':
      return changes(
        model!,
        await incidents.pause(asker, { id: model!.id, until: undefined }),
        'paused',
        !over(model!),
        () => {
          model!.paused = true;
        },
      );
    case 'resume':
      return changes(model!, await incidents.resume(asker, model!.id), 'resumed', model!.paused, () => {
        model!.paused = false;
      });
    case 'severity': {
      const { severity } = step;
      const kind = ranks[severity]! < ranks[model!.severity]! ? 'raised' : 'lowered';
      const done = await incidents.changeSeverity(asker, { id: model!.id, severity, words: '' });
      return changes(model!, done, kind, !over(model!) && severity !== model!.severity, () => {
        model!.severity = severity;
        if (kind === 'lowered') return;
        model!.state = 'open';
        if (pages(model!)) model!.rings += 1;
      });
    }
    case 'merge': {
      const other = all[step.into % all.length]!;
      if (other === model || (over(other) && !over(model!))) return;
      const done = await incidents.merge(asker, { id: model!.id, into: other.id });
      return changes(model!, done, 'merged', !over(model!), () => {
        model!.state = 'resolved';
        model!.paused = false;
      });
    }
    case 'in PagerDuty': {
      const dedupKey = `rounds:${model!.id}:${step.page}`;
      const { phone } = workspace;
      if (!(step.what === 'acknowledged' ? phone.acknowledge(dedupKey) : phone.resolve(dedupKey))) return;
      // Told twice, as PagerDuty may.
      const agent = { kind: 'user' as const, id: 'PBEN', name: 'Ben' };
      const notice = { what: step.what, dedupKey, agent } as Parameters<typeof incidents.heard>[0];
      for (const _ of [1, 2]) await incidents.heard(notice);
      // An earlier page is of what was before.
      if (model!.state !== 'open' || step.page !== model!.rings) return;
      model!.state = 'acknowledged';
      model!.audited.push('incident.acknowledge');
      return;
    }
    case 'time passes':
      await room.pass(step.ms);
      return;
    case 'jobs run':
      // Delivered twice, and in another order: what belongs to one series is kept in its order by the queue itself.
      if (step.twice) for (const job of [...queue.waiting]) queue.waiting.push({ ...job });
      await queue.run();
      return;
    default:
      workspace.clearFaults();
      if (!step.away) return;
      if (step.do === 'PagerDuty') workspace.fault('pagerduty.enqueue', { kind: 'http', status: 503 }, 1_000);
      else workspace.fault('chat.postMessage', { kind: 'http', status: 503 }, 1_000);
  }
}

const over = ({ state }: Model) => state === 'resolved';

/** It did what it should in this state, or said that it changed nothing. */
function changes(model: Model, done: { kind: string }, kind: string, expected: boolean, then: () => void): void {
  expect(done.kind === kind, `${kind} of ${JSON.stringify(model)} was ${done.kind}`).toBe(expected);
  if (!expected) return;
  const word = { raised: 'severity', lowered: 'severity' }[kind] ?? verbs[kind];
  model.audited.push(`incident.${word}`);
  then();
}
const verbs: Record<string, string> = {
  ...{ acknowledged: 'acknowledge', resolved: 'resolve', reopened: 'reopen', mitigated: 'mitigate' },
  ...{ paused: 'pause', resumed: 'resume', merged: 'merge' },
};

async function expectTrue(model: Model): Promise<void> {
  const incident = await room.incident(model.id);
  const state = incident.resolved ? 'resolved' : incident.acknowledged ? 'acknowledged' : 'open';
  if (!over(model)) expect(state).toBe(model.state);
  else expect(state).toBe('resolved');
  expect([!!incident.mitigated, !!incident.paused]).toEqual([model.mitigated, model.paused]);
  expect(incident.pages).toHaveLength(model.rings);
  // One alert for each key, and none of an incident that is over still rings.
  const rung = room.pages().filter(({ dedupKey }) => dedupKey.startsWith(`rounds:${model.id}:`));
  expect(rung.length).toBeLessThanOrEqual(model.rings);
  expect(new Set(rung.map(({ dedupKey }) => dedupKey)).size).toBe(rung.length);
  const ringing = rung.filter(({ status }) => status === 'triggered');
  if (over(model)) expect(rung.filter(({ status }) => status !== 'resolved')).toEqual([]);
  if (model.state === 'acknowledged') expect(ringing).toEqual([]);
  if (model.state === 'open' && pages(model)) expect(rung.at(-1)?.dedupKey).toBe(`rounds:${model.id}:${model.rings}`);
  // One message, which shows how things stand.
  const messages = room.workspace
    .messages('#alerts')
    .filter(({ metadata }) => metadata?.event_payload.key === `incident:${model.id}`);
  expect(messages).toHaveLength(1);
  expect(incident.shown).toBe(incident.version);
  const { rows } = await store.pool.query<{ action: string }>(
    `select action from audit_detail where target = $1 order by seq`,
    [`incident/${model.id}`],
  );
  expect(rows.map(({ action }) => action)).toEqual(model.audited);
  const timers = await store.pool.query('select key from business_timer where key like $1', [
    `incident/${model.id}/open/%`,
  ]);
  if (over(model)) expect(timers.rows).toEqual([]);
}
