import { type Incident, nameOf, numberOf } from '../src/incidents/model.ts';
import { flagFields, noteFields, readFlag, readNote } from '../src/incidents/timeline/forms.ts';
import { timelineLines } from '../src/incidents/timeline/lines.ts';
import { whenSaid } from '../src/incidents/timeline/when.ts';
import { timelinePost } from '../src/incidents/views/timeline.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { escapeSlack } from '../src/kernel/escape.ts';
import { defineForm, type FormFilling } from '../src/kernel/form.ts';
import { slackTime } from '../src/kernel/slack-time.ts';
import type { Services } from '../src/services.ts';
import { askerOf, type Context, changed, readIn, which } from './incident/meant.ts';
import { exported, formatOf, jsonOf } from './timeline/export.ts';

const usage = '[INC] [--export md|json] | add [INC] [TIME] WHAT | strike ENTRY WHY';
const hint = `usage: timeline ${usage}`;

export default defineCommand<Services>({
  name: 'timeline',
  summary: 'What happened in an incident, in order; export it, add what happened earlier: adding takes responder',
  usage,
  examples: [
    'timeline',
    'timeline INC-42 --export md',
    'timeline add 03:04 noticed by the night shift',
    'timeline strike 12 wrong incident',
  ],
  role: 'viewer',
  run(ctx, args) {
    const [word, ...rest] = args;
    if (word?.toLowerCase() === 'add') return add(ctx, rest);
    if (word?.toLowerCase() === 'strike') return strike(ctx, rest);
    return show(ctx, args);
  },
  opens: ([word, ...rest]) => (word?.toLowerCase() === 'add' && rest.length === 0 ? { form: 'add' } : undefined),
  buttons: {
    page: {
      summary: 'Shows earlier or later entries of the timeline',
      role: 'viewer',
      run: (ctx, value) => turn(ctx, value),
    },
  },
  forms: {
    add: defineForm<Services, { incident: number; at: Date; words: string }>({
      ...{ title: 'Add to the timeline', button: 'Add', role: 'responder' },
      summary: 'Writes down what happened, now or earlier',
      open: ({ clock }) => noteFields(undefined, clock.now()),
      fill: async (filling) => ({ items: noteFields(await choices(filling), filling.clock.now()) }),
      read: (values, { clock }) => readNote(values, clock.now()),
      async submit(ctx, { incident, at, words }) {
        const { id } = await which(ctx, nameOf({ id: incident }));
        return noted(ctx, { id, at, words });
      },
    }),
    flag: defineForm<Services, { incident: number; comment?: string | undefined }>({
      ...{ title: 'Add to the timeline', button: 'Add', role: 'responder' },
      summary: 'Keeps a message in the timeline of an incident',
      open: ({ given }) => flagFields(undefined, given),
      fill: async (filling) => ({ items: flagFields(await choices(filling), filling.given) }),
      read: readFlag,
      async submit(ctx, { incident, comment = '' }) {
        const { message, cut } = ctx.given;
        if (!message) throw new OpsError('invalid', 'Which message?', { hint: 'Use the menu of a message' });
        const { id } = await which(ctx, nameOf({ id: incident }));
        const flagged = { id, message: { ...message, ...(cut && { cut }) }, comment };
        const { kind, incident: of } = await ctx.services.incidents.timeline.flag(askerOf(ctx), flagged);
        return changed(of, kind === 'added' ? 'Added to the timeline' : 'It is in the timeline already', 'asker');
      },
    }),
  },
  shortcuts: {
    flag: {
      label: 'Add to the timeline',
      summary: "Keeps a message in an incident's timeline, whatever becomes of it",
      kind: 'message',
      form: 'flag',
    },
  },
});

async function show(ctx: Context, args: string[]): Promise<Reply> {
  const { words, format } = formatOf(args);
  const [word, ...more] = words;
  if (word?.startsWith('-') || more.length > 0)
    throw new OpsError('invalid', `"${echo(words.join(' '))}" is not understood here`, { hint });
  const { id } = await which(ctx, word);
  const { incident, events } = await ctx.services.incidents.show(id);
  if (format !== undefined) return exported(ctx, { incident, events }, format);
  return {
    // It names people: in a message to all it would notify them.
    place: 'asker',
    slack: () => timelinePost(incident, events, { now: ctx.clock.now() }),
    terminal: ({ zone }) => {
      const head = `Timeline of ${nameOf(incident)} ${incident.label}: ${incident.title} (${zone})`;
      return [head, ...timelineLines(events, zone)].join('\n');
    },
    ...(ctx.face === 'terminal' && { json: await jsonOf(ctx, { incident, events }) }),
  };
}

async function turn(ctx: Context, value: string): Promise<Reply> {
  const [number = '', end = ''] = value.split(':');
  const { id } = await which(ctx, number);
  const { incident, events } = await ctx.services.incidents.show(id);
  const post = () => timelinePost(incident, events, { end: Number(end) || undefined, now: ctx.clock.now() });
  return { place: 'source', slack: post, terminal: () => '' };
}

async function add(ctx: Context, args: string[]): Promise<Reply> {
  await ctx.require('responder');
  // "3 pods died" names no incident: a number alone is none here.
  const named = /^(?:inc-?|#)\d+$/i.test(args[0] ?? '');
  const { zone } = ctx.services.ops.team;
  const said = whenSaid((named ? args.slice(1) : args).join(' '), ctx.clock.now(), zone);
  if (said.kind === 'ahead')
    throw new OpsError('invalid', 'That time lies ahead', { hint: `Times are those of ${zone}` });
  if (said.kind === 'no_time')
    throw new OpsError('invalid', `"${echo(said.said)}" is no time`, { hint: '03:04, for example' });
  const { id } = await which(ctx, named ? args[0] : undefined);
  return noted(ctx, { id, at: said.kind === 'at' ? said.at : undefined, words: said.words });
}

async function noted(ctx: Context, said: { id: number; at: Date | undefined; words: string }): Promise<Reply> {
  const { incident, at } = await ctx.services.incidents.timeline.note(askerOf(ctx), said);
  const head = `Added to the timeline of ${nameOf(incident)}`;
  const text = () => `${head}: ${slackTime(at, ctx.clock.now())} ${escapeSlack(said.words)}`;
  return {
    place: readIn(ctx, incident),
    slack: () => ({ text: text(), blocks: [{ type: 'section', text: { type: 'mrkdwn', text: text() } }] }),
    terminal: ({ zone }) => `${head}: ${at.toLocaleString('sv-SE', { timeZone: zone })} (${zone})`,
    json: () => ({ incident: nameOf(incident), at }),
  };
}

async function strike(ctx: Context, [entry = '', ...why]: string[]): Promise<Reply> {
  await ctx.require('responder');
  const number = numberOf(entry);
  if (number === undefined) throw new OpsError('invalid', 'Which entry? Its number, and why', { hint });
  const { timeline } = ctx.services.incidents;
  const { kind, incident } = await timeline.strike(askerOf(ctx), { event: number, reason: why.join(' ') });
  return changed(incident, kind === 'struck' ? `Entry ${number} is struck out` : 'It is struck out already');
}

/** The incidents that the asker may choose from, the one they mean first. */
async function choices({ services, actor, given }: FormFilling<Services>): Promise<Incident[]> {
  const { incidents } = services;
  const meant = { word: given.value || undefined, channel: given.from?.channel, viewer: actor };
  const first = await incidents.which(meant).catch((error: unknown) => {
    // Several are open, or none: they choose.
    if (error instanceof OpsError && error.code === 'invalid') return undefined;
    throw error;
  });
  const others = (await incidents.list(50, actor)).filter(({ id }) => id !== first?.id);
  const found = [...(first ? [first] : []), ...others];
  if (found.length > 0) return found;
  throw new OpsError('not_found', 'There is no incident', { hint: '`/ops incident declare` declares one' });
}
