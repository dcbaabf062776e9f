import { exitCodeOf } from '../src/health/model.ts';
import type { CommandContext, Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { formatDuration } from '../src/kernel/duration.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { defineForm, type FormItem } from '../src/kernel/form.ts';
import { askedDay } from '../src/reports/day.ts';
import { type Report, standingOf } from '../src/reports/model.ts';
import { fullPosts, listPost, listText, tookOnPost } from '../src/reports/views/answers.ts';
import { type Items, itemsOf, readItems } from '../src/reports/views/items-form.ts';
import { reportPost } from '../src/reports/views/slack.ts';
import { reportCsv, reportMarkdown, reportText } from '../src/reports/views/text.ts';
import type { Services } from '../src/services.ts';

type Context = CommandContext<Services>;

const usage = '[NAME [DATE] [--csv | --markdown]]';
const hint = `usage: report ${usage}`;

export default defineCommand<Services>({
  name: 'report',
  helpOrder: 15,
  summary: 'List the reports, make one now, or show one of another day',
  usage,
  examples: ['report', 'report morning', 'report morning 2026-11-25', 'report weekly --markdown'],
  role: 'viewer',
  async run(ctx, args) {
    const { name, day, format } = asked(args);
    if (name === undefined) return list(ctx);
    const { reports } = ctx.services;
    const report =
      day === undefined
        ? await reports.ask(name, { by: ctx.actor.id, signal: ctx.signal })
        : await reports.ofDay(name, askedDay(day, { zone: reports.zoneOf(name), now: ctx.clock.now() }));
    return shown(ctx, report, 'channel', format);
  },
  buttons: {
    again: {
      summary: 'Makes the report anew and shows it in the thread',
      role: 'viewer',
      run: async (ctx, name) =>
        shown(ctx, await ctx.services.reports.ask(name, { by: ctx.actor.id, signal: ctx.signal }), 'thread'),
    },
    full: {
      summary: 'Shows all of the report to whoever pressed it, also as Markdown and CSV',
      role: 'viewer',
      run: async (ctx, id) => full(await ctx.services.reports.find(Number(id))),
    },
  },
  forms: {
    items: defineForm<Services, Items>({
      title: 'Acknowledge or snooze',
      button: 'Save',
      summary: 'Says who has what a report names, or leaves it out of reports for a while',
      role: 'responder',
      open: () => [{ kind: 'note', text: 'Reading the report …' }],
      fill: async ({ services: { reports }, given, clock }) => ({
        items: itemsFields(await reports.find(Number(given.value)), await reports.items(), clock.now()),
      }),
      read: readItems,
      submit: saveItems,
    }),
  },
});

function asked(args: readonly string[]): { name?: string; day?: string; format?: 'csv' | 'markdown' } {
  const words = args.filter((word) => !word.startsWith('-'));
  const options = args.filter((word) => word.startsWith('-'));
  const unknown = options.find((option) => option !== '--csv' && option !== '--markdown');
  if (unknown !== undefined) throw new OpsError('invalid', `There is no option ${echo(unknown)}`, { hint });
  const [name, day, ...rest] = words;
  if (rest.length > 0) throw new OpsError('invalid', `"${echo(rest.join(' '))}" is too much`, { hint });
  if (name === undefined && options.length > 0) throw new OpsError('invalid', 'Which report?', { hint });
  const format = options.at(-1)?.slice(2) as 'csv' | 'markdown' | undefined;
  return { ...(name !== undefined && { name }), ...(day !== undefined && { day }), ...(format && { format }) };
}

async function list(ctx: Context): Promise<Reply> {
  const all = await ctx.services.reports.list();
  const now = ctx.clock.now();
  return { place: 'channel', slack: () => listPost(all, now), terminal: () => listText(all), json: () => all };
}

async function shown(ctx: Context, report: Report, place: Reply['place'], format?: 'csv' | 'markdown'): Promise<Reply> {
  const now = ctx.clock.now();
  const items = await ctx.services.reports.items();
  const files = [fileOf(report, format ?? 'markdown')];
  return {
    place,
    slack: () => reportPost(report, { now, items, nowOf: () => undefined, postedAt: report.slot ?? now, alone: true }),
    terminal: (style) =>
      format === 'csv' ? reportCsv(report) : format ? reportMarkdown(report) : reportText(report, style),
    json: () => report,
    exitCode: exitCodeOf(standingOf(report)),
    ...(format && { files: async () => files }),
    ...(ctx.inView || place === 'thread' ? {} : { thread: () => fullPosts(report) }),
  };
}

function full(report: Report): Reply {
  return {
    place: 'thread',
    slack: () => ({ ...fullPosts(report)[0]! }),
    terminal: (style) => reportText(report, style),
    files: async () => [fileOf(report, 'markdown'), fileOf(report, 'csv')],
  };
}

function fileOf(report: Report, format: 'csv' | 'markdown') {
  const name = `${report.name}-${(report.slot ?? report.madeAt).toISOString().slice(0, 10)}`;
  return format === 'csv'
    ? { name: `${name}.csv`, title: report.title, text: reportCsv(report) }
    : { name: `${name}.md`, title: report.title, text: reportMarkdown(report) };
}

function itemsFields(report: Report, states: Parameters<typeof itemsOf>[1], now: Date): FormItem[] {
  const items = itemsOf(report, states, now);
  if (items.length === 0) throw new OpsError('not_found', 'Nothing is left in it that anybody could take on');
  return items;
}

async function saveItems(
  ctx: Parameters<Parameters<typeof defineForm<Services, Items>>[0]['submit']>[0],
  what: Items,
): Promise<Reply> {
  const { reports } = ctx.services;
  const asker = { actor: ctx.actor.id, request: ctx.request };
  const by = ctx.actor.mention;
  const done =
    what.forMs === undefined
      ? await reports.acknowledge(asker, what.keys, by)
      : await reports.snooze(asker, what.keys, { by, until: new Date(ctx.clock.now().getTime() + what.forMs) });
  const words =
    what.forMs === undefined ? `${by} has` : `${by} leaves out of reports for ${formatDuration(what.forMs)}`;
  return {
    place: 'thread',
    slack: () => tookOnPost(words, done),
    terminal: () => `${words}: ${done.join(', ')}`,
  };
}
