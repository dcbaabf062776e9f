import { nameOf, numberOf } from '../../src/incidents/model.ts';
import type { Reply } from '../../src/kernel/command.ts';
import { parseDuration } from '../../src/kernel/duration.ts';
import { OpsError } from '../../src/kernel/errors.ts';
import { askerOf, type Context, changed, named, which } from './meant.ts';

type Sub = (ctx: Context, rest: string[]) => Promise<Reply>;

/** What changes an incident while it runs, by the word behind `/ops incident`; the incident may be left out in its channel. */
export const lifecycle: Record<string, Sub> = {
  mitigate: responder(async (ctx, rest) => {
    const { id } = await which(ctx, rest[0]);
    const { kind, incident } = await ctx.services.incidents.mitigate(askerOf(ctx), id);
    return changed(incident, { mitigated: 'Mitigated', already: 'It was mitigated already', over: 'It is over' }[kind]);
  }),
  severity: responder(async (ctx, rest) => {
    const [word, text] = named(rest);
    const [severity, ...why] = text.split(' ');
    if (!severity) throw new OpsError('invalid', 'Which severity?', { hint: '`/ops incident severity P0`' });
    const { id } = await which(ctx, word);
    const how = { id, severity, words: why.join(' ') };
    const { kind, incident } = await ctx.services.incidents.changeSeverity(askerOf(ctx), how);
    const said = {
      raised: incident.way === 'page' && !incident.drill ? 'Raised, and paged again' : 'Raised',
      lowered: 'Lowered',
      same: 'It has that severity',
      over: 'It is over: reopen it first',
    };
    return changed(incident, said[kind]);
  }),
  reopen: responder(async (ctx, rest) => {
    const [word, words] = named(rest);
    const { id } = await which(ctx, word);
    const { kind, incident } = await ctx.services.incidents.reopen(askerOf(ctx), { id, words });
    return changed(incident, kind === 'reopened' ? 'Reopened' : 'It is open');
  }),
  phi: responder(async (ctx, rest) => {
    const [word, text] = named(rest);
    const [said = '', ...why] = text.split(' ');
    const phi = { yes: true, unsure: true, no: false }[said.toLowerCase()];
    if (phi === undefined)
      throw new OpsError('invalid', 'Could PHI be involved?', {
        hint: '`/ops incident phi yes`, `unsure` or `no WHY`',
      });
    const { id, phi: before } = await which(ctx, word);
    if (!phi && before && why.length === 0)
      throw new OpsError('invalid', 'Why is no PHI involved?', {
        hint: '`/ops incident phi no WHY`: its title is shown to everybody then, and the breach assessment ends',
      });
    const { kind, incident } = await ctx.services.incidents.setPhi(askerOf(ctx), { id, phi, words: why.join(' ') });
    return changed(
      incident,
      kind === 'changed' ? (phi ? 'PHI may be involved' : 'No PHI is involved') : 'It says so already',
    );
  }),
  pause: responder(async (ctx, rest) => {
    const [word, text] = named(rest);
    const ms = text === '' ? undefined : parseDuration(text);
    if (text !== '' && ms === undefined)
      throw new OpsError('invalid', `"${text}" is no duration`, {
        hint: '30m, for example; none = until you resume it',
      });
    const { id } = await which(ctx, word);
    const until = ms === undefined ? undefined : new Date(ctx.clock.now().getTime() + ms);
    const { kind, incident } = await ctx.services.incidents.pause(askerOf(ctx), { id, until });
    return changed(incident, kind === 'paused' ? 'Paused: nobody is reminded of anything' : 'It is over');
  }),
  resume: responder(async (ctx, rest) => {
    const { id } = await which(ctx, rest[0]);
    const { kind, incident } = await ctx.services.incidents.resume(askerOf(ctx), id);
    return changed(incident, kind === 'resumed' ? 'It goes on' : 'It was not paused');
  }),
  merge: responder(async (ctx, rest) => {
    const [first, second] = rest.filter((word) => word.toLowerCase() !== 'into');
    const into = numberOf(second ?? first ?? '');
    if (into === undefined)
      throw new OpsError('invalid', 'Merge it into which?', { hint: '`/ops incident merge INC-43 into INC-42`' });
    const { id } = await which(ctx, second === undefined ? undefined : first);
    // One that they may not see is not there.
    await which(ctx, String(into));
    const { kind, incident } = await ctx.services.incidents.merge(askerOf(ctx), { id, into });
    return changed(incident, kind === 'merged' ? 'Merged' : 'It is over');
  }),
  add: responder(async (ctx, rest) => {
    const [word, text] = named(rest);
    if (text === '') throw new OpsError('invalid', 'Whom?', { hint: '`/ops incident add @anna`' });
    const isMe = text.toLowerCase() === 'me';
    const who = await ctx.services.incidents.person(text, ctx.actor);
    const { id } = await which(ctx, word).catch((error: unknown) => unseen(ctx, word, error));
    const { incident } = await ctx.services.incidents.add(askerOf(ctx), { id, who });
    if (!(await isSeen(ctx, incident))) return unseenAnswer(`They are in ${nameOf(incident)} now`);
    return changed(incident, isMe ? 'You are in it now' : 'They are in it now');
  }),
};

/** An admin may add somebody, or themselves, to a private incident that they don't see: it is audited, and those in it see it. */
async function unseen({ may }: Context, word: string | undefined, error: unknown): Promise<{ id: number }> {
  const id = word === undefined ? undefined : numberOf(word);
  const notSeen = error instanceof OpsError && error.code === 'not_found';
  if (id === undefined || !notSeen || (await may('admin')).kind === 'denied') throw error;
  return { id };
}

/** Whoever let somebody else in need not be in it. */
function isSeen(ctx: Context, { id }: { id: number }): Promise<boolean> {
  return which(ctx, String(id)).then(
    () => true,
    () => false,
  );
}

function unseenAnswer(text: string): Reply {
  const slack = () => ({ text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] });
  return { place: 'asker', slack, terminal: () => text };
}

function responder(sub: Sub): Sub {
  return async (ctx, rest) => {
    await ctx.require('responder');
    return sub(ctx, rest);
  };
}
