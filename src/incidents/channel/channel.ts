import type { JobContext, JobHandler } from '../../jobs/model.ts';
import { PortError } from '../../kernel/errors.ts';
import { isHomeless, isRefused, triedAgain } from '../../posting/failures.ts';
import type { Tx } from '../../store/store.ts';
import { isRunning } from '../breach/model.ts';
import { findAssessment } from '../breach/store.ts';
import { loseHome } from '../home.ts';
import { timersOf } from '../jobs.ts';
import type { Incident } from '../model.ts';
import type { Happened, Part } from '../part.ts';
import type { IncidentPort, Room } from '../ports.ts';
import * as incidents from '../store.ts';
import { reserve } from './create.ts';
import { archiving, nextStep, type Scene, type StepName } from './decide.ts';
import { type ChannelData, channelJob } from './jobs.ts';
import * as rows from './rows.ts';
import { steps } from './steps.ts';
import { bookmarksOf } from './views.ts';

const mostSteps = 500;
const dayMs = 24 * 3_600_000;

/**
 * After a declaration, in Slack: a channel, its topic, people, bookmarks, the pinned summary, the first notification, what may
 * help. One job makes all of it agree with what the rows say, step by step: it may end anywhere and be begun again.
 */
export function createChannel(room: Room): Part {
  return {
    async follow(tx, happened) {
      const { change, incident } = happened;
      if (change === 'reopened') await rows.setArchiveDue(tx, incident.id, false);
      if (change === 'resolved' || change === 'merged') await archiveLater(tx, happened, room);
      // Of all else its message tells, and with it this job.
      if (change === 'declared') await room.jobs.enqueue(tx, channelJob, { id: incident.id });
    },
    register: (jobs, slack) => jobs.handle(channelJob, channelHandler(room, slack)),
  };
}

async function archiveLater(tx: Tx, { incident: { id, severity }, at }: Happened, room: Room): Promise<void> {
  const afterMs = severityOf(severity, room)?.archiveAfterMs;
  if (afterMs === undefined) return;
  await lookAgain(tx, id, new Date(at.getTime() + afterMs), room);
}

async function lookAgain(tx: Tx, id: number, dueAt: Date, room: Room): Promise<void> {
  const key = `${timersOf.after(id)}archive`;
  await room.timers.set(tx, { key, dueAt, kind: channelJob, data: { id, what: 'archive' } });
}

function channelHandler(room: Room, slack: IncidentPort): JobHandler<ChannelData> {
  return async ({ id, what }, ctx) => {
    if (what === 'archive') await archiveNow(id, room);
    /** What failed is put off, so that a bookmark holds no message back. */
    const putOff = new Map<StepName, unknown>();
    for (let taken = 0; taken < mostSteps; taken += 1) {
      const scene = await sceneOf(id, room);
      if (!scene) return;
      const step = nextStep(scene, new Set(putOff.keys()));
      if (step === 'done') break;
      try {
        await steps[step]({ scene, room, slack, ctx, goOn: () => goOn(ctx) });
      } catch (error) {
        await failed(step, error, scene);
      }
    }
    for (const error of putOff.values()) if (error !== undefined) throw triedAgain(error);

    async function failed(step: StepName, error: unknown, { incident }: Scene): Promise<void> {
      if (!(error instanceof PortError) || ['stopped', 'lost'].includes(error.reason)) throw error;
      if (step === 'look') {
        // Only people can mend it; the next change looks again.
        putOff.set(step, isRefused(error) ? undefined : error);
      } else if (incident.home && isAway(step, error)) {
        // Of a private one nothing can be said elsewhere; it is tried again, for who mends it.
        if (incident.private) putOff.set(step, error);
        else await loseHome(id, error.reason, room);
      } else if (isRefused(error)) {
        ctx.log.warn({ err: error, incident: id, step }, 'Slack refuses a step of an incident');
        await refuse(step, error.reason, id);
      } else putOff.set(step, error);
    }

    async function refuse(step: StepName, word: string, incident: number): Promise<void> {
      await room.store.transaction<unknown, void>(async (tx) => {
        // In the order in which whoever changes an incident locks.
        await incidents.lockIncident(tx, incident);
        await rows.setRefused(tx, incident, step, word);
        const words = `${step}: Slack refuses it (${word})`;
        await incidents.addEvent(tx, incident, { at: room.clock.now(), kind: 'channel', by: 'rounds', words });
      });
    }
  };
}

/** What is there, and what should be. The first look reserves a name, and notes links as bookmarks. */
async function sceneOf(id: number, room: Room): Promise<Scene | undefined> {
  const db = room.store.db();
  const incident = await incidents.findIncident(db, id);
  if (!incident) return undefined;
  const severity = severityOf(incident.severity, room);
  const kept = await rows.readKept(db, id);
  if (!kept) {
    if (incident.resolved) return undefined;
    await reserve(incident, room);
    return sceneOf(id, room);
  }
  const links = bookmarksOf(incident, severity?.runbooks ?? [], kept.links);
  for (const link of links) await rows.addLink(db, id, link);
  if (links.length > 0) return sceneOf(id, room);
  const concerned = concernedBy(incident, await incidents.membersOf(db, id));
  return { incident, kept, concerned, severity, asksOnCall: room.paging.onCalls !== undefined, now: room.clock.now() };
}

function concernedBy(incident: Incident, members: readonly { id: string }[]): string[] {
  const { declaredBy, acknowledged, roles } = incident;
  const ids = [
    declaredBy.id,
    acknowledged?.id,
    ...Object.values(roles).map((held) => held?.id),
    ...members.map(({ id }) => id),
  ];
  return [...new Set(ids.flatMap((id) => /^slack:([UW][A-Z0-9]+)$/.exec(id ?? '')?.[1] ?? []))];
}

async function archiveNow(id: number, room: Room): Promise<void> {
  await room.store.transaction<unknown, void>(async (tx) => {
    const incident = await incidents.lockIncident(tx, id);
    if (!incident) return;
    const afterMs = severityOf(incident.severity, room)?.archiveAfterMs ?? 0;
    const dueAt = incident.resolved && new Date(incident.resolved.at.getTime() + afterMs);
    const now = room.clock.now();
    const needed = isRunning(await findAssessment(tx, id));
    const decision = archiving(incident, dueAt, now, { needed });
    if (decision === 'archive') await rows.setArchiveDue(tx, id, true);
    if (decision === 'needed') await lookAgain(tx, id, new Date(now.getTime() + dayMs), room);
  });
}

function severityOf(name: string, { severities }: Room) {
  return severities.all.find(({ id }) => id === name);
}

/** The channel itself can't be used; that something in it is restricted is about that step. */
function isAway(step: StepName, error: PortError): boolean {
  return isHomeless(error) && (step === 'summary' || error.reason !== 'restricted_action');
}

async function goOn({ stillMine, signal }: JobContext): Promise<void> {
  if (!(await stillMine())) throw new PortError('lost', 'another process has this job now', { retryable: true });
  if (signal.aborted) throw new PortError('stopped', 'the bot is stopping', { retryable: true });
}
