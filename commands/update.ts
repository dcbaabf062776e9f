import { randomUUID } from 'node:crypto';
import { type Incident, nameOf } from '../src/incidents/model.ts';
import { readUpdate, updateFields } from '../src/incidents/updates/form.ts';
import type { Update, Written } from '../src/incidents/updates/model.ts';
import { rhythmOf } from '../src/incidents/updates/plan.ts';
import type { WrittenUpdate } from '../src/incidents/updates/write.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { formatDuration, parseDuration } from '../src/kernel/duration.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { escapeSlack } from '../src/kernel/escape.ts';
import { defineForm, type FormFilling } from '../src/kernel/form.ts';
import { slackTime } from '../src/kernel/slack-time.ts';
import type { Services } from '../src/services.ts';
import { askerOf, type Context, changed, named, which } from './incident/meant.ts';

const usage = '[INC] [WHAT | no change | snooze MINUTES | stop | list]';
const usualSnoozeMs = 5 * 60_000;
const day = 24 * 3_600_000;

export default defineCommand<Services>({
  name: 'update',
  summary:
    'Tell how an incident stands, to its channel and to all who subscribed; put off or stop the reminder: takes responder',
  usage,
  examples: ['update', 'update INC-42 we rolled back', 'update no change', 'update snooze 10', 'update list'],
  role: 'viewer',
  run(ctx, args) {
    const [word, text] = named(args);
    const [sub = '', ...rest] = text.split(' ').filter(Boolean);
    const quiet = /^snooze( \d+m?)?$/i.exec(text) !== null;
    if (quiet) return snooze(ctx, word, rest[0]);
    if (/^no change$/i.test(text)) return unchanged(ctx, word);
    if (/^stop$/i.test(text)) return stop(ctx, word);
    if (/^list$/i.test(text)) return list(ctx, word);
    if (sub.startsWith('-'))
      throw new OpsError('invalid', `There is no option ${sub}`, { hint: `usage: update ${usage}` });
    return text === '' ? asked(ctx, word) : line(ctx, word, text);
  },
  opens: (args) => {
    const [word, text] = named(args);
    return text === '' ? { form: 'write', value: word ?? '' } : undefined;
  },
  forms: {
    write: defineForm<Services, Omit<Written, 'key' | 'id'>>({
      ...{ title: 'Update of an incident', button: 'Tell everybody', keyed: true, role: 'responder' },
      summary: 'Writes the next update of an incident, beginning with what the last one said',
      open: () => updateFields({ last: undefined, everyMs: undefined, mitigated: false }),
      async fill({ services, actor, given }) {
        const incident = await meant({ services, actor, given });
        if (incident.resolved)
          throw new OpsError('invalid', `${nameOf(incident)} is over`, { hint: 'Reopen it first' });
        const severity = services.severities.find(({ id }) => id === incident.severity);
        const last = await services.incidents.updates.lastNews(incident.id);
        const begun = { last, everyMs: rhythmOf(severity, incident), mitigated: incident.mitigated !== undefined };
        return { items: updateFields(begun), value: String(incident.id) };
      },
      read: readUpdate,
      async submit(ctx, parsed) {
        // One that they may not see, or do not any more, is not there.
        const { id } = await which(ctx, ctx.given.value);
        const written = { ...parsed, id, key: `view:${ctx.key}` };
        return said(ctx, await ctx.services.incidents.updates.write(askerOf(ctx), written), 'asker');
      },
    }),
  },
  buttons: {
    unchanged: {
      summary: 'Tells everybody that nothing has changed, as the next update',
      role: 'responder',
      run: (ctx, value) => {
        const [id, n] = value.split('.');
        return unchanged(ctx, id, n, 'thread');
      },
    },
    snooze: {
      summary: 'Puts the reminder off by 5 minutes',
      role: 'responder',
      run: (ctx, id) => snooze(ctx, id, undefined, 'thread'),
    },
    stop: {
      summary: 'Stops the reminders until the next update is written',
      role: 'responder',
      run: (ctx, id) => stop(ctx, id, 'thread'),
    },
  },
});

function meant({
  services,
  actor,
  given,
}: Pick<FormFilling<Services>, 'services' | 'actor' | 'given'>): Promise<Incident> {
  return services.incidents.which({ word: given.value, channel: given.from?.channel, viewer: actor });
}

/** Where no dialog opens. */
async function asked(ctx: Context, word: string | undefined): Promise<Reply> {
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

async function line(ctx: Context, word: string | undefined, status: string): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await which(ctx, word);
  const written = { id, status, key: `command:${randomUUID()}` };
  return said(ctx, await ctx.services.incidents.updates.write(askerOf(ctx), written), 'asker');
}

async function unchanged(ctx: Context, word?: string, n?: string, place: Reply['place'] = 'asker'): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await which(ctx, word);
  const how = { id, n: n === undefined ? undefined : Number(n) };
  return said(ctx, await ctx.services.incidents.updates.unchanged(askerOf(ctx), how), place);
}

async function snooze(ctx: Context, word?: string, minutes?: string, place: Reply['place'] = 'asker'): Promise<Reply> {
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

async function stop(ctx: Context, word?: string, place: Reply['place'] = 'asker'): Promise<Reply> {
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

async function list(ctx: Context, word?: string): Promise<Reply> {
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
function said(ctx: Context, { kind, incident, n }: WrittenUpdate, place: Reply['place']): Reply {
  const { nextUpdateAt: next } = incident;
  const head = {
    written: `Update ${n} is written`,
    known: `Update ${n} is written already`,
    over: 'It is over: reopen it first',
  };
  const waits = kind === 'written' && (incident.private || incident.phi) && !incident.home;
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
