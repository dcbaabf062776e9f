import {
  followUpAddedPost,
  followUpsPost,
  followUpsText,
  followUpText,
  paperChangedPost,
} from '../src/incidents/after/answers.ts';
import type { FollowUp } from '../src/incidents/after/followup-store.ts';
import { readFollowUp } from '../src/incidents/after/followup-words.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { keyOf } from '../src/kernel/request.ts';
import type { Services } from '../src/services.ts';
import { askerOf, type Context, named, readIn, which } from './incident/meant.ts';

const hint = '`/ops followup INC-42 add index on orders @dba 14d`';

export default defineCommand<Services>({
  name: 'followup',
  summary: 'List what is to be done after incidents, add to it, close it: takes responder',
  usage: '[INC] [WHAT [@WHO] [14d | 2026-12-01]] | done F-7 | drop F-7 REASON',
  examples: [
    'followup',
    'followup INC-42',
    'followup INC-42 add index on orders @dba 14d',
    'followup done F-7',
    'followup drop F-7 the table is gone',
  ],
  role: 'viewer',
  async run(ctx, args) {
    const [first = '', ...rest] = args;
    const word = first.toLowerCase();
    if (first === '' || (word === 'list' && rest.length === 0)) return list(ctx);
    if (first.startsWith('-')) throw new OpsError('invalid', `There is no option ${echo(first)}`, { hint });
    if (word === 'list') return list(ctx, rest[0]);
    if (word === 'done' || word === 'drop')
      return close(ctx, rest[0], word === 'drop' ? rest.slice(1).join(' ') : undefined, 'channel');
    const [name] = named(args);
    if (name !== undefined && rest.length === 0) return list(ctx, name);
    return add(ctx, name, name === undefined ? args : rest);
  },
  buttons: {
    done: {
      summary: 'Says that a follow-up is done',
      role: 'responder',
      run: (ctx, id) => close(ctx, id, undefined, 'thread'),
    },
  },
});

async function list(ctx: Context, word?: string): Promise<Reply> {
  const incident = word === undefined ? undefined : await which(ctx, word);
  const found = await ctx.services.incidents.after.followUps({ incident: incident?.id, viewer: ctx.actor });
  const now = ctx.clock.now();
  return {
    // Those of private incidents may be among them.
    place: incident ? readIn(ctx, incident) : 'asker',
    slack: () => followUpsPost(found, { now, incident }),
    terminal: ({ zone }) => followUpsText(found, { now, zone, incident }),
    json: () => found,
  };
}

async function add(ctx: Context, word: string | undefined, words: string[]): Promise<Reply> {
  await ctx.require('responder');
  const { incidents, ops } = ctx.services;
  const asker = askerOf(ctx);
  const asked = readFollowUp(words, { asker: asker.by, now: ctx.clock.now(), zone: ops.team.zone });
  const { id } = await which(ctx, word);
  const { followUp, incident } = await incidents.after.addFollowUp(asker, {
    ...asked,
    id,
    key: keyOf(ctx),
  });
  const now = ctx.clock.now();
  return {
    place: readIn(ctx, incident),
    slack: () => followUpAddedPost(followUp, now),
    terminal: ({ zone }) => followUpText(followUp, now, zone),
    json: () => followUp,
  };
}

async function close(
  ctx: Context,
  word: string | undefined,
  reason: string | undefined,
  place: 'channel' | 'thread',
): Promise<Reply> {
  await ctx.require('responder');
  const { after } = ctx.services.incidents;
  const followUp = await meant(ctx, word);
  const { kind, incident } = await after.closeFollowUp(askerOf(ctx), { followUp, reason });
  const said = { done: 'is done', dropped: 'will not be done', already: 'was closed already' }[kind];
  const words = `F-${followUp.id} ${said}: INC-${followUp.incident}`;
  return {
    place: place === 'thread' ? place : readIn(ctx, incident),
    slack: () => paperChangedPost(words),
    terminal: () => words,
    json: () => ({ id: followUp.id, kind }),
  };
}

/** One of a private incident that they are not in is not there. */
async function meant(ctx: Context, word = ''): Promise<FollowUp> {
  const id = /^(?:f-?)?(\d{1,15})$/i.exec(word)?.[1];
  if (id === undefined)
    throw new OpsError('invalid', 'Which follow-up?', { hint: 'F-7, for example; `/ops followup` lists them' });
  const found = await ctx.services.incidents.after.followUp(Number(id), ctx.actor);
  if (!found) throw new OpsError('not_found', `There is no F-${id}`, { hint: '`/ops followup` lists them' });
  return found;
}
