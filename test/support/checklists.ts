import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createAudit } from '../../src/audit/audit.ts';
import { type Checklists, createChecklists } from '../../src/checklists/checklists.ts';
import { checklistTimerKinds } from '../../src/checklists/jobs.ts';
import type { Run } from '../../src/checklists/model.ts';
import type { ChecklistPort, ChecklistPorts } from '../../src/checklists/ports.ts';
import { readChecklist } from '../../src/checklists/read.ts';
import { compileCondition } from '../../src/conditions/compile.ts';
import type { Check } from '../../src/config/model.ts';
import { createHealth } from '../../src/health/health.ts';
import { createTimers } from '../../src/jobs/timers.ts';
import { openFolder } from '../../src/live/folder.ts';
import type { Store } from '../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { type Queue, queueByHand } from './alerts.ts';
import { checkOf, opsOf, testClock } from './checks.ts';
import { memoryLog } from './memory-log.ts';
import { slackPort } from './slack-port.ts';

export const anna = { id: 'slack:U0ANNA0001', mention: '<@U0ANNA0001>' };
export const ben = { id: 'slack:U0BEN00001', mention: '<@U0BEN00001>' };
export const asker = { by: anna, request: 'ABC123' };
export const bens = { by: ben, request: 'BEN123' };

/** Three items, due after an hour: one of them ticks itself. */
export const morning = `
title: Morning round
owner: "@dba"
due: { within: 60m }
expected: 15m
items:
  - { id: api, title: The API answers, expected: 12m, auto: { check: api } }
  - { id: page, title: Nobody reports a problem, expected: 2m, evidence: note }
  - { id: today, title: Today's changes are known, expected: 1m }
`;

/** What a check measures, and whether that is ok; a test changes it as it goes. */
export interface Measured {
  latencyMs: number;
  /** Throws instead. */
  error?: Error;
}

export interface ChecklistRoom {
  store: Store;
  workspace: Workspace;
  checklists: Checklists;
  ports: ChecklistPorts;
  queue: Queue;
  clock: ReturnType<typeof testClock>;
  folder: string;
  log: ReturnType<typeof memoryLog>;
  /** Of the check `api`, which fails above 500 ms. */
  api: Measured;
  write(name: string, text: string): Promise<void>;
  /** Time passes, what is due comes into the queue, and everything in it is done. */
  pass(ms: number): Promise<void>;
  begin(name?: string): Promise<Run>;
  run(id?: number): Promise<Run>;
  /** What its message and the posts in its thread say, oldest first. */
  said(channel?: string): string[];
  announced: { key: string; lines: readonly string[] }[];
}

/** Checklists of files in a folder of their own, over real checks and a workspace, on a queue that a test runs by hand. */
export async function checklistRoom(
  store: Store,
  {
    files = { morning },
    over = {},
    port = (plain: ChecklistPort) => plain,
    at,
  }: {
    files?: Record<string, string>;
    over?: Partial<ChecklistPorts>;
    port?: (port: ChecklistPort) => ChecklistPort;
    at?: string;
  } = {},
): Promise<ChecklistRoom> {
  // A test begins with nothing; people can't.
  for (const how of ['disable', 'enable']) {
    for (const table of ['checklist_run', 'checklist_item'])
      await store.pool.query(`alter table ${table} ${how} trigger ${table}_whole`);
    if (how === 'disable')
      await store.pool.query('truncate checklist_run, checklist_item, posting, business_timer restart identity');
  }
  const folder = await mkdtemp(join(tmpdir(), 'rounds-checklists-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const write = (name: string, text: string) => writeFile(join(folder, `${name}.yml`), text);
  for (const [name, text] of Object.entries(files)) await write(name, text);
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  const [clock, log] = [testClock(at), memoryLog()];
  const queue = queueByHand({ elapse: (ms) => elapse(store, ms) });
  const timers = createTimers({ store, jobs: queue, kinds: checklistTimerKinds, clock, log });
  const api: Measured = { latencyMs: 42 };
  const checks = [apiCheck(api)];
  const health = createHealth({ ops: opsOf(checks), store, clock, log, reveal: (value) => String(value) });
  onTestFinished(() => health.stop());
  const announced: ChecklistRoom['announced'] = [];
  const shipped = join(folder, 'shipped');
  const against = { checks, compile: compileCondition };
  const ports: ChecklistPorts = {
    ...{ store, jobs: queue, timers, clock, log, contacts: new Map(), checks, compile: compileCondition },
    files: await openFolder([folder, shipped], (file) => ({ checklist: readChecklist(file, against), own: file.own })),
    team: { zone: 'UTC', businessHours: 'Mon-Fri 08:00-18:00', holidays: [] },
    ...{ scheduled: [], channel: '#ops', fallbackChannel: '#alerts' },
    async measure(ids, signal) {
      let last: Awaited<ReturnType<ChecklistPorts['measure']>> = [];
      for await (const { checks } of health.measure({ scope: { kind: 'several', ids }, signal })) last = checks;
      return last;
    },
    announce: async (_, said) => void announced.push(said),
    ...over,
  };
  const checklists = createChecklists(ports);
  const stopped = new AbortController();
  onTestFinished(() => stopped.abort());
  checklists.register(queue, port(slackPort(workspace, stopped)));
  const run = async (id = 1) => (await checklists.run(id))!;
  return {
    ...{ store, workspace, checklists, ports, queue, clock, folder, log, api, write, run, announced },
    async pass(ms) {
      clock.move(ms);
      await timers.tick();
      await queue.finish();
    },
    async begin(name = 'morning') {
      const begun = await checklists.begin(asker, { name });
      await queue.finish();
      return run(begun.run.id);
    },
    said: (channel = '#ops') =>
      workspace.messages(channel).flatMap(({ bot_id, blocks }) => (bot_id ? [JSON.stringify(blocks)] : [])),
  };
}

function apiCheck(measured: Measured): Check {
  const { definition } = checkOf(async () => {
    if (measured.error) throw measured.error;
    return { facts: { latency_ms: measured.latencyMs } };
  });
  const compiled = compileCondition({ when: 'latency_ms > 500' }, definition.facts({}));
  if (!compiled.ok) throw new Error(compiled.problem.found);
  return checkOf(definition.run, { id: 'api', fail: [compiled.condition] });
}

/** What was begun is older by that much. */
async function elapse({ pool }: Store, ms: number): Promise<void> {
  await pool.query("update posting set begun_at = begun_at - $1 * interval '1 millisecond'", [ms]);
}

/** Who did what to checklists, oldest first. */
export async function auditedChecklists(store: Store): Promise<string[]> {
  const { rows } = await createAudit({ store, clock: store.time }).search({ action: 'checklist', limit: 100 });
  return rows.map(({ recorded }) => `${recorded?.actor} ${recorded?.action} ${recorded?.target}`).reverse();
}
