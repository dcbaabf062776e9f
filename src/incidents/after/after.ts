import type { Asker } from '../change.ts';
import type { Part } from '../part.ts';
import type { Room } from '../ports.ts';
import type { Viewer } from '../store.ts';
import { dossierOf, type Known } from './dossier.ts';
import { draftMarkdown } from './draft.ts';
import { askForDraft, draftHandler, draftJob } from './draft-job.ts';
import type { FollowUp } from './followup-store.ts';
import * as followUpRows from './followup-store.ts';
import * as followUps from './followups.ts';
import { tellResolution } from './notice.ts';
import * as papers from './papers.ts';
import * as rows from './store.ts';

/** What comes after an incident: the notice that it is over, the report and the post-mortem in time, follow-ups. */
export interface After {
  /** What is to be written about it, and what was. */
  papers(id: number): Promise<rows.Paper[]>;
  /** What is to be written and was not yet, the earliest first; drills are among them. */
  papersDue(viewer: Viewer): ReturnType<typeof rows.papersDue>;
  paperDone(asker: Asker, how: Parameters<typeof papers.paperDone>[1]): ReturnType<typeof papers.paperDone>;
  noPaper(asker: Asker, how: Parameters<typeof papers.noPaper>[1]): ReturnType<typeof papers.noPaper>;
  /** Makes the draft and puts it into the incident's channel, once per key. Throws OpsError `conflict`. */
  askForDraft(asker: Asker, how: Parameters<typeof askForDraft>[1]): ReturnType<typeof askForDraft>;
  /** The draft itself, in Markdown. Throws OpsError `not_found`. */
  draft(id: number, kind: rows.PaperKind): Promise<string>;
  addFollowUp(
    asker: Asker,
    asked: Parameters<typeof followUps.addFollowUp>[1],
  ): ReturnType<typeof followUps.addFollowUp>;
  closeFollowUp(
    asker: Asker,
    how: Parameters<typeof followUps.closeFollowUp>[1],
  ): ReturnType<typeof followUps.closeFollowUp>;
  /** Undefined = there is none that the viewer may see. */
  followUp(id: number, viewer: Viewer): Promise<FollowUp | undefined>;
  /** Open ones first, the earliest due first; of one incident, or of all. */
  followUps(of: { incident?: number | undefined; viewer: Viewer }): Promise<FollowUp[]>;
  /** How many are open now, and past their day. */
  countFollowUps(viewer: Viewer): ReturnType<typeof followUpRows.countFollowUps>;
  /** Open and past their day, the longest overdue first: for reports. */
  overdueFollowUps(viewer: Viewer): Promise<FollowUp[]>;
}

const most = 500;

export function createAfter(room: Room, known: Known): Part & After {
  const { store, clock } = room;
  return {
    async follow(tx, { change, incident, at }) {
      if (change === 'resolved') {
        await tellResolution(tx, incident, room);
        await papers.planPapers(tx, incident, at, room);
      }
      // Their timers are gone already.
      if (change === 'reopened') await rows.dropPapers(tx, incident.id);
    },
    register(jobs, slack) {
      jobs.handle(papers.paperJob, papers.paperHandler(room));
      jobs.handle(followUps.chaseJob, followUps.chaseHandler(room, slack));
      jobs.handle(draftJob, draftHandler(room, slack, known));
    },
    askForDraft: (asker, how) => askForDraft(asker, how, room),
    async draft(id, kind) {
      const dossier = await dossierOf(id, room, known);
      return draftMarkdown(dossier, { kind, messages: room.messages, zone: room.team.zone, now: clock.now() });
    },
    papers: (id) => rows.papersOf(store.db(), id),
    papersDue: (viewer) => rows.papersDue(store.db(), viewer),
    paperDone: (asker, how) => papers.paperDone(asker, how, room),
    noPaper: (asker, how) => papers.noPaper(asker, how, room),
    addFollowUp: (asker, asked) => followUps.addFollowUp(asker, asked, room),
    closeFollowUp: (asker, how) => followUps.closeFollowUp(asker, how, room),
    followUp: (id, viewer) => followUpRows.findFollowUp(store.db(), id, viewer),
    followUps: ({ incident, viewer }) =>
      followUpRows.listFollowUps(store.db(), { incident, viewer, most, openOnly: incident === undefined }),
    countFollowUps: (viewer) => followUpRows.countFollowUps(store.db(), { viewer, now: clock.now() }),
    async overdueFollowUps(viewer) {
      const open = await followUpRows.listFollowUps(store.db(), { viewer, most, openOnly: true });
      return open.filter(({ dueAt }) => dueAt < clock.now());
    },
  };
}
