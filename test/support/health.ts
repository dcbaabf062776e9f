import { onTestFinished } from 'vitest';
import type { Check, Ops } from '../../src/config/model.ts';
import { createHealth, type HealthOptions, type Scope } from '../../src/health/health.ts';
import type { HealthReport } from '../../src/health/model.ts';
import type { Measurement } from '../../src/kernel/check.ts';
import type { Store } from '../../src/store/store.ts';
import { checkOf, condition, opsOf, type Run, testClock } from './checks.ts';
import { memoryLog } from './memory-log.ts';
import { embeddedStore } from './store.ts';

/** Fails unless the status is 200. */
export const bad = [condition('status != 200', (facts) => facts.status !== 200, ['status'])];
export const all: Scope = { kind: 'all' };
/** Of an asker who waits as long as it takes. */
export const unhurried = new AbortController().signal;

/** Answers with a status that the test can change. */
export function service(id: string, over: Partial<Check> = {}) {
  const state = { status: 200, runs: 0 };
  const run: Run = async () => {
    state.runs += 1;
    return { facts: { status: state.status } };
  };
  return { state, check: checkOf(run, { id, fail: bad, ...over }) };
}

/** A check that answers when the test says so. */
export function held(id: string, over: Partial<Check> = {}) {
  const answer = Promise.withResolvers<Measurement>();
  const begun = Promise.withResolvers<AbortSignal>();
  let runs = 0;
  const run: Run = ({ signal }) => {
    runs += 1;
    begun.resolve(signal);
    return answer.promise;
  };
  const check = checkOf(run, { id, fail: bad, timeoutMs: 9_000, ...over });
  return { check, begun: begun.promise, release: () => answer.resolve({ facts: { status: 200 } }), runs: () => runs };
}

/** One store for the file: what an earlier test left in it is removed. Truncating takes thirty times as long. */
async function emptyStore(): Promise<Store> {
  shared ??= embeddedStore();
  const store = await shared;
  for (const table of ['check_state', 'check_result', 'check_rollup', 'check_transition', 'silence'])
    await store.pool.query(`delete from ${table}`);
  return store;
}
let shared: Promise<Store> | undefined;

/** The feature over an empty store (or `store`), with a clock that stands still until moved; stopped at the test's end. */
export async function healthOf(
  checks: Check[],
  over: Partial<Ops> &
    Pick<Partial<HealthOptions>, 'store' | 'onSweep' | 'patienceMs' | 'onEvents' | 'onSilence' | 'timers'> & {
      clock?: ReturnType<typeof testClock>;
    } = {},
) {
  const {
    store = await emptyStore(),
    onSweep,
    onEvents,
    onSilence,
    timers,
    patienceMs = 25_000,
    clock = testClock(),
    ...ops
  } = over;
  const log = memoryLog();
  const tellers = { onSweep, onEvents, onSilence, timers, patienceMs };
  const health = createHealth({ ops: opsOf(checks, ops), store, clock, log, reveal: String, ...tellers });
  onTestFinished(() => health.stop());
  return { health, clock, log, store };
}

/** All reports of one ask. */
export async function every(reports: AsyncIterable<HealthReport>): Promise<HealthReport[]> {
  const list: HealthReport[] = [];
  for await (const report of reports) list.push(report);
  return list;
}

/** The last report of one ask. */
export async function final(reports: AsyncIterable<HealthReport>): Promise<HealthReport> {
  const report = (await every(reports)).at(-1);
  if (!report) throw new Error('no report');
  return report;
}
