import type { Ops } from '../config/model.ts';
import type { ProblemEvent } from '../health/events.ts';
import type { CheckReport } from '../health/model.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../store/store.ts';
import { badness, joinNotifies, type Placement, place } from './decide.ts';
import type { Said, Silence } from './model.ts';
import * as rows from './store.ts';

interface Ports {
  ops: Pick<Ops, 'slack' | 'groups'>;
  clock: Clock;
  /** Called for an alert that has no channel to go to. */
  homeless(group: string): void;
}

/** Where alerts of a group go; undefined = nowhere. */
export function channelOf(ops: Pick<Ops, 'slack' | 'groups'>, group: string): string | undefined {
  return ops.groups.get(group)?.channel ?? ops.slack.alerts;
}

/**
 * Writes down what a sweep found, in the sweep's transaction; resolves to the notices to be brought up to date. Locks
 * problems, then channels, then all notices at once in one order, so that two sweeps never wait for each other.
 */
export async function takeEvents(tx: Tx, events: readonly ProblemEvent[], ports: Ports): Promise<string[]> {
  if (events.length === 0) return [];
  const open = new Map(
    (await rows.lockOpen(tx, ids(events.map(({ checkId }) => checkId)))).map((problem) => [problem.checkId, problem]),
  );
  const changes = events.flatMap((event) => {
    const problem = open.get(event.checkId);
    return problem && (event.event !== 'standing' || isHeardAgain(event, problem)) ? [{ event, problem }] : [];
  });
  // Whatever is wrong and has no message gets one: it had no channel when it opened, or was not watched for a while.
  const opening = events.filter(({ checkId, event, report }) => {
    return !open.has(checkId) && event !== 'closed' && isForSomebody(report);
  });
  const placed = await placeAll(tx, opening, ports);
  const known = [
    ...changes.map(({ problem }) => problem.noticeId),
    ...placed.flatMap(({ placement }) => (placement.kind === 'new' ? [] : [placement.notice])),
  ];
  const versions = await rows.touch(tx, ids(known));
  for (const { event, problem } of changes) await change(tx, event, problem, versions.get(problem.noticeId)!);
  const now = ports.clock.now();
  const found = new Map(opening.map(({ checkId, report }) => [checkId, report]));
  const touched = [...versions.keys()];
  for (const each of placed) touched.push(await openIn(tx, each, { found, versions, now }));
  await rows.closeOrReopen(tx, ids(touched), now);
  return ids(touched);
}

/** A mute or maintenance of these checks began or ended: the messages of open problems say so. */
export async function takeSilence(tx: Tx, { checkIds, kind, until, by, mute }: Silence, now: Date): Promise<string[]> {
  const open = await rows.lockOpen(tx, ids(checkIds));
  const problems = kind === 'begun' ? open : open.filter(({ muted }) => muted && !muted.ended);
  if (problems.length === 0) return [];
  if (kind === 'ended') await endMutesOf(tx, problems, now);
  else {
    const muted = {
      ...{ begunAt: now, ...(until && { until }) },
      ...(by !== undefined && { by }),
      ...(mute !== undefined && { mute }),
    };
    const numbers = problems.map(({ id }) => id);
    await rows.muteProblems(tx, numbers, muted);
  }
  const versions = await rows.touch(tx, ids(problems.map(({ noticeId }) => noticeId)));
  return [...versions.keys()];
}

/** What was measured so far may be over: nobody is called for it before the next regular run has found it so. */
async function endMutesOf(tx: Tx, problems: readonly rows.OpenProblem[], now: Date): Promise<void> {
  const known = await rows.lastSeen(tx, ids(problems.map(({ checkId }) => checkId)));
  for (const { id, checkId } of problems) {
    const seen = known.get(checkId);
    await rows.muteProblems(tx, [id], { begunAt: now, ended: true, ...(seen && { seen }) });
  }
}

/** What is blocked or muted is told by others, or not at all. */
function isForSomebody({ outcome }: Pick<CheckReport, 'outcome'>): boolean {
  return outcome === 'fail' || outcome === 'unknown' || outcome === 'warn';
}

/** What is muted is not told of: a measurement begun since then that is shows that nobody mutes it any more. */
function isHeardAgain({ at, report }: ProblemEvent, { muted }: rows.OpenProblem): boolean {
  if (!muted || !isForSomebody(report)) return false;
  return muted.begunAt === undefined || at.getTime() - report.duration_ms > muted.begunAt.getTime();
}

async function change(tx: Tx, event: ProblemEvent, problem: rows.OpenProblem, version: number): Promise<void> {
  const { checkId, report } = event;
  const said = saidOf(report);
  const step = { notice: problem.noticeId, version, checkId, said, was: problem.said.outcome };
  if (event.event === 'closed') {
    const good = report.since > problem.beganAt && report.since <= event.at ? report.since : event.at;
    await rows.endProblem(tx, problem.id, { at: good, ending: 'ok' });
    await rows.addStep(tx, { ...step, kind: 'closed', notify: false });
    return;
  }
  if (!isForSomebody(report)) return;
  const unmuted = isHeardAgain(event, problem);
  if (unmuted) await rows.muteProblems(tx, [problem.id], undefined);
  await rows.changeProblem(tx, problem, said);
  const difference = badness(said.outcome) - badness(problem.said.outcome);
  if (difference < 0) await rows.addStep(tx, { ...step, kind: 'worsened', notify: true });
  else if (unmuted) await rows.addStep(tx, { ...step, kind: 'unmuted', notify: true });
  else if (difference > 0) await rows.addStep(tx, { ...step, kind: 'improved', notify: false });
}

interface Placed {
  channel: string;
  placement: Placement;
}

async function placeAll(tx: Tx, events: readonly ProblemEvent[], { ops, clock, homeless }: Ports): Promise<Placed[]> {
  const byChannel = Map.groupBy(events, ({ group }) => channelOf(ops, group));
  for (const { group } of byChannel.get(undefined) ?? []) homeless(group);
  const channels = [...byChannel.keys()].filter((channel) => channel !== undefined).toSorted();
  await rows.lockChannels(tx, channels);
  const placed: Placed[] = [];
  for (const channel of channels) {
    const openings = (byChannel.get(channel) ?? []).map(({ checkId, report: { outcome } }) => ({ checkId, outcome }));
    const checkIds = openings.map(({ checkId }) => checkId);
    const known = await rows.channelNow(tx, channel, checkIds, clock.now());
    placed.push(...place(openings, known).map((placement) => ({ channel, placement })));
  }
  return placed;
}

async function openIn(
  tx: Tx,
  { channel, placement }: Placed,
  context: { found: ReadonlyMap<string, CheckReport>; versions: ReadonlyMap<string, number>; now: Date },
): Promise<string> {
  const { found, versions, now } = context;
  const isNew = placement.kind === 'new';
  const notice = isNew ? await rows.addNotice(tx, { channel, grouped: placement.grouped, now }) : placement.notice;
  const present = placement.kind === 'joins' ? await rows.openOfNotice(tx, notice) : [];
  for (const { checkId } of placement.kind === 'again' ? [placement.opening] : placement.openings) {
    const said = saidOf(found.get(checkId)!);
    await rows.addProblem(tx, { checkId, notice, now, beganAt: said.since, said });
    const step = { notice, version: versions.get(notice) ?? 1, checkId, said };
    if (placement.kind === 'joins')
      await rows.addStep(tx, { ...step, kind: 'joined', notify: joinNotifies(said, present) });
    if (placement.kind === 'again')
      await rows.addStep(tx, { ...step, kind: 'again', notify: true, times: placement.times });
  }
  return notice;
}

/** Facts stay in the health room: a message needs words only. */
function saidOf({ outcome, reason, next, owner, runbook, since }: Said): Said {
  return {
    outcome,
    reason,
    since,
    ...(next !== undefined && { next }),
    ...(owner !== undefined && { owner }),
    ...(runbook !== undefined && { runbook }),
  };
}

function ids(all: readonly string[]): string[] {
  return [...new Set(all)];
}
