import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Check, Ops } from '../../src/config/model.ts';
import { createSchedules } from '../../src/jobs/schedules.ts';
import { createTimers } from '../../src/jobs/timers.ts';
import type { CommandContext } from '../../src/kernel/command.ts';
import { openFolder } from '../../src/live/folder.ts';
import { reportSections } from '../../src/registry.ts';
import { reportTimerKinds } from '../../src/reports/jobs.ts';
import type { ReportPort, ReportPorts } from '../../src/reports/ports.ts';
import { reportReader } from '../../src/reports/read.ts';
import { createReports, type Reports } from '../../src/reports/reports.ts';
import { defineReportSection, type ReportSection, type Sources } from '../../src/reports/section.ts';
import type { Store } from '../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { queueByHand } from './alerts.ts';
import { opsOf, testClock } from './checks.ts';
import { healthOf } from './health.ts';
import { memoryLog } from './memory-log.ts';
import { slackPort } from './slack-port.ts';

export interface ReportRoomOptions {
  checks?: Check[];
  /** By their names; default one named `morning`, at 09:00, of the sections verdict, changes and open. */
  files?: Record<string, string>;
  ops?: Partial<Ops>;
  /** Beside the shipped ones. */
  sections?: ReportSection[];
  sources?: Partial<Sources>;
  ports?: Partial<ReportPorts>;
  port?: (port: ReportPort) => ReportPort;
}

export const morning = `title: Morning report\nschedule: "09:00"\nsections: [verdict, changes, open]\n`;

/** A section that does as the test says. */
export function sectionOf(name: string, run: ReportSection<never>['run']): ReportSection {
  return defineReportSection({
    ...{ name, summary: 'of a test', run: run as ReportSection['run'] },
    options: z.unknown(),
  });
}

/** Reports on a queue that a test runs by hand, over a real store and a workspace. It is Monday, 23 November, 09:00 UTC. */
export async function reportRoom(store: Store, options: ReportRoomOptions = {}) {
  await store.pool.query('truncate report, report_item, posting, business_timer, schedule_state, alert_notice cascade');
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  const clock = testClock('2026-11-23T08:59:00Z');
  const log = memoryLog();
  const folder = await mkdtemp(join(tmpdir(), 'rounds-reports-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const write = (name: string, text: string) => writeFile(join(folder, `${name}.yml`), text);
  for (const [name, text] of Object.entries(options.files ?? { morning })) await write(name, text);
  const sections = [...(await reportSections()), ...(options.sections ?? [])];
  const files = await openFolder([folder, join(folder, 'none')], reportReader(sections));
  const slack = { daily: '#ops-daily', alerts: '#alerts' };
  const { health } = await healthOf(options.checks ?? [], { store, clock, ...options.ops });
  const ops = opsOf(options.checks ?? [], { slack, ...options.ops });
  const queue = queueByHand({ elapse: (ms) => elapse(store, ms) });
  const timers = createTimers({ store, jobs: queue, kinds: reportTimerKinds, clock, log });
  const stopped = new AbortController();
  onTestFinished(() => stopped.abort());
  const plain = slackPort(workspace, stopped);
  const ports: ReportPorts = {
    ...{ ops, store, jobs: queue, timers, clock, log, health, files },
    charts: { busy: false, draw: async (charts) => charts.map(() => Buffer.from('png')) },
    announce: async () => 'enqueued',
    sources: {
      ...{ ops, health, store },
      checklists: { open: async () => [], endedBetween: async () => [] },
      ...options.sources,
    } as Sources,
    ...options.ports,
  };
  const reports = createReports(ports);
  reports.register(queue, options.port?.(plain) ?? plain);
  const begin = () => createSchedules({ store, clock, log, schedules: reports.schedules() });
  const schedules = begin();
  await schedules.tick();
  return {
    ...{ store, workspace, clock, log, queue, timers, reports, ports, files, folder, write, schedules, begin },
    /** Time passes, what is due comes into the queue, and everything in it is done until nothing waits. */
    async pass(ms: number) {
      clock.move(ms);
      await schedules.tick();
      await timers.tick();
      await queue.finish();
    },
    /** As `pass`, each job once; resolves to what they failed with. */
    async once(ms: number) {
      clock.move(ms);
      await schedules.tick();
      await timers.tick();
      return queue.run();
    },
    /** A regular run of these checks, recorded. */
    regular: (ids: readonly string[]) => health.regular(ids),
    said: (channel = '#ops-daily') => said(workspace, channel),
  };
}

export type ReportRoom = Awaited<ReturnType<typeof reportRoom>>;

/** What the bot's messages say in a channel, those of threads left out, oldest first. */
export function said(workspace: Workspace, channel: string): string[] {
  return workspace
    .messages(channel)
    .flatMap(({ bot_id, blocks, thread_ts, ts }) =>
      bot_id && (thread_ts === undefined || thread_ts === ts) ? [textOf(blocks)] : [],
    );
}

/** The words of blocks, as they are read. */
export function textOf(blocks: unknown): string {
  const found: string[] = [];
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') found.push(value);
    return value;
  });
  return found.join('\n');
}

/** What was begun is older by that much. */
async function elapse({ pool }: Store, ms: number): Promise<void> {
  await pool.query(`update posting set begun_at = begun_at - $1 * interval '1 millisecond'`, [ms]);
}

/** The reports a command asks for, and nothing else it might use. */
export type ReportContext = CommandContext<{ reports: Reports }>;
