import { nameOf } from '../src/incidents/model.ts';
import type { Clock } from '../src/incidents/stakeholders/model.ts';
import { boardPost } from '../src/incidents/stakeholders/posts.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { escapeSlack } from '../src/kernel/escape.ts';
import { defineForm } from '../src/kernel/form.ts';
import type { Services } from '../src/services.ts';
import { askerOf, type Context, named, readIn, which } from './incident/meant.ts';

const usage = '[INC] [WHO [: NOTE]]';

export default defineCommand<Services>({
  name: 'told',
  summary: 'Show who must be told of an incident, by when; write down that they were: takes responder',
  usage,
  examples: ['told', 'told INC-42 management: by phone, they call the board', 'told customers'],
  role: 'viewer',
  run(ctx, args) {
    const [word, text] = named(args);
    if (text.startsWith('-'))
      throw new OpsError('invalid', `There is no option ${text}`, { hint: `usage: told ${usage}` });
    if (text === '') return list(ctx, word);
    const [who = '', ...note] = text.split(':');
    return told(ctx, word, { who: who.trim(), note: note.join(':').trim() }, 'channel');
  },
  forms: {
    done: defineForm<Services, { note: string }>({
      ...{ title: 'They were told', button: 'They were told', keyed: true, role: 'responder' },
      summary: 'Writes down that somebody was told of an incident, by whom and when',
      open: () => [
        {
          ...{ kind: 'text', name: 'note', label: 'How, and what was said?', lines: 'many', optional: true },
          ...{ maxLength: 500, placeholder: 'By phone; they ask for news each hour', hint: 'No names of patients.' },
        },
      ],
      read: ({ note }) => ({ parsed: { note: typeof note === 'string' ? note : '' } }),
      submit(ctx, { note }) {
        const [id, ...key] = ctx.given.value.split(':');
        return told(ctx, id, { who: key.join(':'), note }, 'asker');
      },
    }),
  },
});

async function told(
  ctx: Context,
  word: string | undefined,
  how: { who: string; note: string },
  place: Reply['place'],
): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await which(ctx, word);
  const { kind, incident, clock } = await ctx.services.incidents.stakeholders.told(askerOf(ctx), { id, ...how });
  const by = clock.done?.by.mention ?? '';
  const words = (who: string) =>
    kind === 'told' ? `${who} was told: written down` : `${who} was told already, by ${by}`;
  const slack = `${nameOf(incident)}: ${words(escapeSlack(clock.who))}`;
  return {
    place: place === 'channel' ? readIn(ctx, incident) : place,
    slack: () => ({ text: slack, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: slack } }] }),
    terminal: () => `${nameOf(incident)}: ${words(clock.who)}`,
    json: () => ({ kind, clock }),
  };
}

async function list(ctx: Context, word: string | undefined): Promise<Reply> {
  const incident = await which(ctx, word);
  const clocks = await ctx.services.incidents.stakeholders.list(incident.id);
  const now = ctx.clock.now();
  return {
    place: 'asker',
    slack: () => boardPost(incident, clocks, { now, notes: true }),
    terminal: ({ zone }) => {
      const lines = clocks.map((clock) => `  ${lineOf(clock, zone, now)}`);
      return [`${nameOf(incident)}: ${lines.length === 0 ? 'nobody must be told' : 'who must be told'}`, ...lines].join(
        '\n',
      );
    },
    json: () => clocks,
  };
}

function lineOf({ who, how, dueAt, done }: Clock, zone: string, now: Date): string {
  const time = (at: Date) => at.toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16);
  if (done) return `TOLD     ${who}, ${time(done.at)} by ${done.by.id}${done.note && `: ${done.note}`}`;
  return `${dueAt <= now ? 'OVERDUE' : 'DUE    '}  ${who} by ${time(dueAt)}${how && `, ${how}`}`;
}
