import { type CheckReport, type HealthReport, verdictOf } from '../health/model.ts';
import { formatDuration } from '../kernel/duration.ts';
import { OpsError } from '../kernel/errors.ts';
import type { ItemState, MadeSection, Report, ReportContent } from './model.ts';
import type { ReportPorts } from './ports.ts';
import type { ReportFile } from './read.ts';
import { nextTime } from './schedule.ts';
import type { SectionContext } from './section.ts';
import { within } from './within.ts';

/** How long one section may take once the checks are measured, ms: then it says so, and the rest stands. */
const sectionMs = 10_000;
const dayMs = 86_400_000;
/** From so old on an answer says its age. */
const oldMs = 15 * 60_000;

export interface Making {
  file: ReportFile;
  /** The planned time; absent = somebody asked. */
  slot?: Date;
  askedBy?: string;
  /** The one before it. */
  previous: Report | undefined;
  items: ReadonlyMap<string, ItemState>;
  signal: AbortSignal;
}

/** Makes a report: measures the checks once, and asks all sections at the same time. Never rejects but for the signal. */
export async function makeReport(
  ports: Pick<ReportPorts, 'ops' | 'health' | 'sources' | 'clock' | 'log' | 'sectionMs'>,
  making: Making,
): Promise<Omit<Report, 'id' | 'version' | 'shown' | 'message'>> {
  const { ops, clock } = ports;
  const { file, slot, askedBy, previous, items, signal } = making;
  const measured = measure(ports, signal);
  const now = clock.now();
  const zone = file.zone ?? ops.team.zone;
  const from = fromOf(file, previous, slot ?? now);
  const before = new Map(previous?.content.sections.map((section) => [section.key, section]));
  const context: Omit<SectionContext, 'previous' | 'signal'> = {
    ...{ sources: ports.sources, from, now, zone, items },
    until: nextTime(file, ops.team.zone, now) ?? new Date(2 * now.getTime() - from.getTime()),
    previousChecks: checksOf(previous),
    health: async () => {
      const { report, why } = await measured;
      if (report) return report;
      throw new OpsError('unavailable', why);
    },
  };
  const sections = await Promise.all(
    file.sections.map(async ({ key, section, options }): Promise<MadeSection> => {
      const last = before.get(key);
      const startedAt = performance.now();
      const run = (ending: AbortSignal) =>
        section.run({ ...context, signal: ending, previous: last && { ...last, madeAt: previous!.madeAt } }, options);
      await measured;
      const found = await within(run, { ms: ports.sectionMs ?? sectionMs, signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        ports.log.warn({ err: error, report: file.name, section: key }, 'a section of a report failed');
        return failed(section.name, error);
      });
      return { ...found, name: section.name, key, tookMs: Math.round(performance.now() - startedAt) };
    }),
  );
  const { report, why } = await measured;
  const content: ReportContent = {
    sections,
    counts: report?.counts ?? { fail: 0, unknown: 0, warn: 0, stale: 0, blocked: 0, muted: 0, ok: 0 },
    checks: report?.checks.map(({ id, group, outcome, reason }) => ({ id, group, outcome, reason })) ?? [],
    ...(report === undefined && { unmeasured: why }),
  };
  return {
    ...{ name: file.name, from, madeAt: now, title: file.title, content, verdict: verdictOf(content.counts) },
    ...(slot && { slot }),
    ...(askedBy !== undefined && { askedBy }),
    ...(previous && { previousId: previous.id }),
    plan: {
      ...{ audience: file.audience, quiet: file.quiet, zone },
      ...whereOf(file, ops.slack),
      ...(file.owner !== undefined && { owner: file.owner }),
    },
  };
}

/** Where a report of this file goes. Pure. */
export function whereOf(
  file: Pick<ReportFile, 'channel' | 'fallback'>,
  { daily, alerts }: { daily?: string; alerts?: string },
): { channel?: string; fallback?: string } {
  const channel = file.channel ?? daily ?? alerts;
  const fallback = file.fallback ?? alerts;
  return { ...(channel !== undefined && { channel }), ...(fallback !== undefined && { fallback }) };
}

/** It tells from where the one before it ended, which may have been made late: nothing is told twice or never. */
function fromOf({ covers }: ReportFile, previous: Report | undefined, until: Date): Date {
  if (covers !== undefined) return new Date(until.getTime() - covers);
  return previous?.madeAt ?? new Date(until.getTime() - dayMs);
}

/** Where nothing could be measured then, nothing is to be compared with. */
function checksOf(previous: Report | undefined) {
  if (!previous || previous.content.unmeasured !== undefined) return undefined;
  return new Map(previous.content.checks.map(({ id, outcome }) => [id, outcome]));
}

async function measure(
  { health, clock, log }: Pick<ReportPorts, 'health' | 'clock' | 'log'>,
  signal: AbortSignal,
): Promise<{ report: HealthReport; why?: never } | { report?: never; why: string }> {
  try {
    let last: HealthReport | undefined;
    for await (const report of health.measure({ scope: { kind: 'all' }, signal })) last = report;
    if (last && last.pending.length === 0)
      return { report: { ...last, checks: last.checks.map((check) => aged(check, clock.now())) } };
    return { why: 'the checks did not end in time' };
  } catch (error) {
    log.warn({ err: error }, 'the checks could not be measured for a report');
    return { why: error instanceof OpsError ? error.message : 'the checks could not be measured' };
  }
}

/** Slow and rare checks are not measured for a report: a reader sees how old an answer is. What is stale says so itself. */
function aged(check: CheckReport, now: Date): CheckReport {
  const ageMs = now.getTime() - check.at.getTime();
  if (ageMs < oldMs || check.outcome === 'stale') return check;
  return { ...check, reason: `${check.reason} (measured ${formatDuration(ageMs)} ago)` };
}

function failed(name: string, error: unknown): Omit<MadeSection, 'name' | 'key' | 'tookMs'> {
  const why = error instanceof OpsError ? error.message : 'it failed: the log says why';
  return { title: titleOf(name), attention: 'look', lines: [], unknown: [why] };
}

function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
