import { nameOf } from '../../src/incidents/model.ts';
import type { Update } from '../../src/incidents/updates/model.ts';
import type { WrittenUpdate } from '../../src/incidents/updates/write.ts';
import type { Reply } from '../../src/kernel/command.ts';
import { formatDuration, parseDuration } from '../../src/kernel/duration.ts';
import { OpsError } from '../../src/kernel/errors.ts';
import { escapeSlack } from '../../src/kernel/escape.ts';
import { keyOf } from '../../src/kernel/request.ts';
import { slackTime } from '../../src/kernel/slack-time.ts';
import { askerOf, type Context, changed, which } from '../incident/meant.ts';

const usualSnoozeMs = 5 * 60_000;
const day = 24 * 3_600_000;

/** Where no dialog opens. */
export async function asked(ctx: Context, word: string | undefined): Promise<Reply> {
  const incident = await which(ctx, word);
  if (ctx.face === 'terminal')
    throw new OpsError('invalid', `How does ${nameOf(incident)} stand?`, {
      hint: '`rounds update INC-42 we rolled back`',
    });
  const text = `How does ${nameOf(incident)} stand?`;
  const button = {
    ...{ type: 'button', action_id: 'update.write', value: String(incident.id), style: 'primary' },
    text: { type: 'plain_text', text: 'Write an update', emoji: true },
  };
  return {
    place: 'asker',
    slack: () => ({
      text,
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text } },
        { type: 'actions', elements: [button] },
      ],
    }),
    terminal: () => text,
  };
}

export async function line(ctx: Context, word: string | undefined, status: string): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await which(ctx, word);
  const written = { id, status, key: keyOf(ctx) };
  return said(ctx, await ctx.services.incidents.updates.write(askerOf(ctx), written), 'asker');
}

export async function unchanged(
  ctx: Context,
  word?: string,
  n?: string,
  place: Reply['place'] = 'asker',
): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await which(ctx, word);
  const how = { id, n: n === undefined ? undefined : Number(n) };
  return said(ctx, await ctx.services.incidents.updates.unchanged(askerOf(ctx), how), place);
}

export async function snooze(
  ctx: Context,
  word?: string,
  minutes?: string,
  place: Reply['place'] = 'asker',
): Promise<Reply> {
  await ctx.require('responder');
  const ms = minutes === undefined ? usualSnoozeMs : (parseDuration(`${Number.parseInt(minutes, 10)}m`) ?? 0);
  if (ms <= 0 || ms > day)
    throw new OpsError('invalid', 'Between 1 minute and a day', { hint: '`/ops update snooze 10`' });
  const { id } = await which(ctx, word);
  const { kind, incident } = await ctx.services.incidents.updates.snooze(askerOf(ctx), { id, ms });
  const words = {
    snoozed: `Nobody is reminded for ${formatDuration(ms)}`,
    none: 'No update is due',
    over: 'It is over',
  };
  return changed(incident, words[kind], place);
}

export async function stop(ctx: Context, word?: string, place: Reply['place'] = 'asker'): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await which(ctx, word);
  const { kind, incident } = await ctx.services.incidents.updates.stop(askerOf(ctx), id);
  const words = {
    stopped: 'Nobody is reminded until the next update is written',
    none: 'No update is due: nobody is reminded',
    over: 'It is over: nobody is reminded',
  };
  return changed(incident, words[kind], place);
}

export async function list(ctx: Context, word?: string): Promise<Reply> {
  const incident = await which(ctx, word);
  const updates = await ctx.services.incidents.updates.list(incident.id);
  const head = updates.length === 0 ? `No updates of ${nameOf(incident)} yet` : `${nameOf(incident)}, newest first`;
  const now = ctx.clock.now();
  const slackLine = ({ n, at, status }: Update) => `*${n}* ${slackTime(at, now)} ${escapeSlack(status)}`;
  return {
    place: 'asker',
    slack: () => ({
      text: head,
      blocks: [head, ...updates.map(slackLine)].map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } })),
    }),
    terminal: ({ zone }) =>
      [head, ...updates.map(({ n, at, status }) => `  ${n}  ${timeIn(zone, at)}  ${status}`)].join('\n'),
    json: () => updates,
  };
}

/** What whoever wrote it is answered; the update itself is on its way. */
export function said(ctx: Context, { kind, incident, n }: WrittenUpdate, place: Reply['place']): Reply {
  const { nextUpdateAt: next } = incident;
  const head = {
    written: `Update ${n} is written`,
    known: `Update ${n} is written already`,
    over: 'It is over: reopen it first',
  };
  const waits =
    kind === 'written' && (incident.private || incident.phi) && !incident.home && incident.homeProblem === undefined;
  const where = waits ? '. It waits for the channel of the incident, which alone may show it' : '';
  const text = (time: string) => `${head[kind]}${where}${next && kind !== 'over' ? `. Next one due ${time}` : ''}`;
  const slack = `${nameOf(incident)}: ${text(next ? slackTime(next, ctx.clock.now()) : '')}`;
  return {
    place,
    slack: () => ({ text: slack, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: slack } }] }),
    terminal: ({ zone }) => `${nameOf(incident)}: ${text(next ? timeIn(zone, next) : '')}`,
    json: () => ({ kind, n, incident }),
    ...(kind === 'over' && { exitCode: 3 as const }),
  };
}

function timeIn(zone: string, at: Date): string {
  return at.toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16);
}
