import { z } from 'zod';
import { defineJob, type JobContext, type JobHandler } from '../../jobs/model.ts';
import type { Picture } from '../../kernel/command.ts';
import { OpsError, PortError } from '../../kernel/errors.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { triedAgain } from '../../posting/failures.ts';
import { type Asker, changeIncident } from '../change.ts';
import { type Incident, nameOf } from '../model.ts';
import type { IncidentPort, Room } from '../ports.ts';
import { say } from '../say.ts';
import { isOverheard, placeOf } from '../saying.ts';
import * as incidents from '../store.ts';
import { slackUserOf } from './decide.ts';
import { type Dossier, dossierOf, type Known } from './dossier.ts';
import { draftMarkdown } from './draft.ts';
import { type PaperKind, paperKinds } from './store.ts';
import { paperName, section } from './views.ts';

/** Makes the draft of what is to be written, and puts it into the incident's channel with its pictures. */
export const draftJob = defineJob({
  name: 'incidents.draft',
  schema: z.object({ id: z.number(), kind: z.enum(paperKinds), by: z.string(), mention: z.string(), key: z.string() }),
  lane: 'messages',
  retry: { limit: 30, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id }) => `incident ${id} draft`,
});
export type DraftData = z.output<typeof draftJob.schema>;

/** Slack's words for a place that takes no files before a person has done something. */
const refusals = ['not_in_channel', 'channel_not_found', 'missing_scope', 'is_archived', 'restricted_action'];

/** Puts it into the queue, once per key, and into the audit: it holds all that is known. Throws OpsError `conflict`. */
export async function askForDraft(
  asker: Asker,
  { id, kind, key }: { id: number; kind: PaperKind; key: string },
  room: Room,
): Promise<{ kind: 'coming'; incident: Incident }> {
  return changeIncident(asker, id, room, async (tx, incident) => {
    const why = incident.private ? 'is private' : 'may involve PHI';
    if (!mayShow(incident))
      throw new OpsError('conflict', `${nameOf(incident)} ${why} and has no channel of its own that can be used`, {
        hint: `\`npx rounds postmortem ${nameOf(incident)}\` prints it`,
      });
    const { by } = asker;
    const data = { id, kind, by: by.id, mention: by.mention, key };
    const known = (await room.jobs.enqueue(tx, draftJob, data, { key: `${id}:${key}` })) === 'known';
    return { kind: 'coming', audit: known ? [] : [{ action: `incident.${kind}.draft` }] };
  });
}

/** It holds all that is known: of a private one, and where PHI may be involved, it is for its own channel alone. */
function mayShow({ private: isPrivate, phi, home, homeProblem }: Incident): boolean {
  return !(isPrivate || phi) || (home !== undefined && (isPrivate || homeProblem === undefined));
}

export function draftHandler(room: Room, slack: IncidentPort, known: Known): JobHandler<DraftData> {
  return async (data, ctx) => {
    const { id, kind, key, by, mention } = data;
    // Whoever tried before may have ended when it was there already.
    if (await incidents.isKnown(room.store.db(), id, key)) return;
    const dossier = await dossierOf(id, room, known);
    const { incident } = dossier;
    // Its channel was lost since it was asked for.
    if (!mayShow(incident))
      return refused(data, new PortError('not_in_channel', 'no channel of its own', { retryable: false }), room);
    const place = placeOf(incident, 'incident', room.announceIn);
    if (!place) throw new OpsError('not_found', `${nameOf(incident)} has no place in Slack`);
    // It holds all that is known.
    if (isOverheard(incident, place))
      return refused(data, new PortError('not_in_channel', "its channel can't be used", { retryable: false }), room);
    const pictures = kind === 'report' ? [] : await picturesOf(dossier, room, ctx);
    const now = room.clock.now();
    const how = { kind, zone: room.team.zone, now, pictures, messages: room.messages };
    const name = `${nameOf(incident).toLowerCase()}-${kind}.md`;
    const title = `Draft: ${paperName[kind]} of ${nameOf(incident)}`;
    const file = { name, title, text: draftMarkdown(dossier, how) };
    const comment = `Draft of the ${paperName[kind]} of ${nameOf(incident)} for ${mentionOrWords(mention)}. ${nextWords(kind, incident)}`;
    try {
      const channel = await slack.channelId(place.channel);
      const thread = place.threadTs === undefined ? {} : { threadTs: place.threadTs };
      const { stillMine } = ctx;
      await slack.upload({ channel, ...thread, comment, pictures: [file, ...pictures], stillMine });
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      if (refusals.includes(error.reason)) return refused(data, error, room);
      // It may be there: twice would be worse than to be asked again.
      if (error.reason !== 'unconfirmed') throw triedAgain(error);
      ctx.log.warn({ err: error, incident: id }, 'whether a draft was shared is not known');
    }
    await room.store.transaction<unknown, void>(async (tx) => {
      await incidents.addEvent(tx, id, { at: now, kind, by, words: 'Draft made', data: { key, state: 'draft' } });
    });
  };
}

/** Without them the draft stands, too. */
async function picturesOf({ notOk, span }: Dossier, { checksPast }: Room, ctx: JobContext): Promise<Picture[]> {
  const worstFirst = ['fail', 'warn', 'unknown'].flatMap((outcome) => notOk.filter((each) => each.outcome === outcome));
  const ids = [...new Set(worstFirst.map((each) => each.id))];
  try {
    return (await checksPast?.pictures(ids, span, ctx.signal)) ?? [];
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    ctx.log.warn({ err: error }, 'a draft has no pictures');
    return [];
  }
}

/** Nobody waits for an answer any more: whoever asked is told. */
async function refused({ id, by, kind, key }: DraftData, error: PortError, room: Room): Promise<void> {
  room.log.warn({ err: error, incident: id }, 'a draft could not be shared');
  const user = slackUserOf({ id: by });
  if (!user) return;
  const why = error.reason === 'missing_scope' ? 'my token lacks files:write' : 'I am not in its channel: invite me';
  const text = `No draft of the ${paperName[kind]} of ${nameOf({ id })}: ${why}, and ask again.`;
  await room.store.transaction<unknown, void>(async (tx) => {
    await say(tx, room, { id, key: `no-draft:${key}`, to: { person: user }, post: { text, blocks: [section(text)] } });
  });
}

function nextWords(kind: PaperKind, incident: Incident): string {
  const done = `/ops postmortem ${kind === 'report' ? 'report ' : ''}done ${nameOf(incident)} LINK`;
  return `Copy it to where you write, fill in what is in italics, then \`${done}\`.`;
}

function mentionOrWords(mention: string): string {
  return /^<@[UW][A-Z0-9]+>$/.test(mention) ? mention : escapeSlack(mention);
}
