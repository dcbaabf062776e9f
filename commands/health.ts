import { type CheckDetails, exitCodeOf, type HealthReport } from '../src/health/model.ts';
import { type Period, periodNamed } from '../src/health/periods.ts';
import { type Scope, scopeNamed } from '../src/health/scope.ts';
import { roleToEnd } from '../src/health/silences/model.ts';
import { detailsPost } from '../src/health/views/details.ts';
import { healthJson } from '../src/health/views/json.ts';
import { endedReply, mutedReply } from '../src/health/views/silence.ts';
import { healthPost } from '../src/health/views/slack.ts';
import { tablePosts } from '../src/health/views/table.ts';
import { detailsText, healthText } from '../src/health/views/terminal.ts';
import { chartOnly, withOverview, withTrend } from '../src/health-charts.ts';
import type { CommandContext, Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { runbookPost } from '../src/runbooks/views.ts';
import type { Services } from '../src/services.ts';

type Context = CommandContext<Services>;

const hourMs = 3_600_000;

export default defineCommand<Services>({
  name: 'health',
  helpOrder: 10,
  summary: 'Check the systems now and show what needs a look, worst first',
  usage: '[GROUP | CHECK] [--chart [24h | 7d | 30d]]',
  examples: ['health', 'health api', 'health data/main-db', 'health --chart 7d'],
  role: 'viewer',
  withoutDatabase: true,
  run(ctx, args) {
    const { scope, chart } = askedFor(ctx, args);
    return scope.kind === 'check'
      ? oneCheck(ctx, scope.id, 'channel', chart ?? 'unasked')
      : sweep(ctx, scope, 'channel', chart);
  },
  buttons: {
    again: {
      summary: 'Measures again and replaces the answer',
      role: 'viewer',
      inPlace: true,
      run: (ctx, value) => sweep(ctx, value === '' ? { kind: 'all' } : scopeNamed(value, ctx.services.ops), 'source'),
    },
    recheck: {
      summary: 'Measures one check again and replaces its details',
      role: 'viewer',
      inPlace: true,
      run: (ctx, id) => oneCheck(ctx, id, 'source'),
    },
    measure: {
      summary: 'Measures one check, or all, and answers in the thread: an alert stays what it is',
      role: 'viewer',
      run: (ctx, id) => (id === '' ? sweep(ctx, { kind: 'all' }, 'thread') : oneCheck(ctx, id, 'thread')),
    },
    details: {
      summary: 'Shows facts, last 24 hours, changes and uptime of a check in the thread, with a picture',
      role: 'viewer',
      run: (ctx, id) => known(ctx, id, 'thread'),
    },
    chart: {
      summary: 'Shows the last 24 hours, 7 or 30 days of a check, a group or all as a picture in the thread',
      role: 'viewer',
      run: (ctx, value) => chartOnly(ctx, value),
    },
    mute1h: {
      summary: 'Mutes a check for an hour: it is measured, nobody is told',
      role: 'responder',
      run: (ctx, id) => mute(ctx, id, hourMs),
    },
    mute4h: {
      summary: 'Mutes a check for four hours',
      role: 'responder',
      run: (ctx, id) => mute(ctx, id, 4 * hourMs),
    },
    unmute: {
      summary: 'Ends a mute; ending maintenance takes an operator',
      role: 'responder',
      run: (ctx, id) => unmute(ctx, id),
    },
    runbook: { summary: 'Shows the runbook to whoever pressed it', role: 'viewer', run: (ctx, id) => runbook(ctx, id) },
  },
  shortcuts: {
    now: {
      label: 'Check the systems',
      summary: 'Measures all checks and shows what needs a look, worst first',
      kind: 'global',
      role: 'viewer',
      opening: 'Checking the systems …',
      run: (ctx) => sweep(ctx, { kind: 'all' }, 'asker'),
    },
  },
});

const hint = 'usage: health [GROUP | CHECK] [--chart [24h | 7d | 30d]]';

/** What stands behind the word: a scope, and the period of a chart. */
function askedFor({ services: { ops } }: Context, args: string[]): { scope: Scope; chart: Period | undefined } {
  const words = args.flatMap((word) => (word.startsWith('--chart=') ? ['--chart', word.slice(8)] : [word]));
  const at = words.indexOf('--chart');
  let chart: Period | undefined;
  if (at >= 0) {
    // The period may be left out: `--chart api`.
    const after = words[at + 1];
    const named = after !== undefined && /^\d/.test(after) && !isScope(after, ops);
    chart = named ? periodNamed(after) : '24h';
    words.splice(at, named ? 2 : 1);
  }
  const [typed, ...rest] = words;
  if (rest.length) throw new OpsError('invalid', `"${echo(rest.join(' '))}" is too much`, { hint });
  if (typed?.startsWith('-')) throw new OpsError('invalid', `There is no option ${echo(typed)}`, { hint });
  return { scope: typed === undefined ? { kind: 'all' } : scopeNamed(typed, ops), chart };
}

function isScope(word: string, { checks }: Services['ops']): boolean {
  return checks.some(({ id, group }) => id === word || group === word);
}

async function* sweep(ctx: Context, scope: Scope, place: Reply['place'], chart?: Period): AsyncIterable<Reply> {
  for await (const report of ctx.services.health.measure({ scope, signal: ctx.signal })) {
    const reply = healthReply(ctx, report, scope, place);
    yield chart === undefined ? reply : withOverview(ctx, reply, { scope, period: chart });
  }
}

function healthReply(ctx: Context, report: HealthReport, scope: Scope, place: Reply['place']): Reply {
  const now = ctx.clock.now();
  const done = report.pending.length === 0;
  return {
    place,
    slack: () => healthPost(report, { now, scope: scope.kind === 'all' ? '' : scope.id, alone: ctx.inView }),
    terminal: (style) => healthText(report, now, style),
    json: () => healthJson(report),
    exitCode: exitCodeOf(report.verdict),
    partial: !done,
    ...(done && place !== 'thread' && !ctx.inView ? { thread: () => tablePosts(report.checks, { report, now }) } : {}),
  };
}

/** `chart` `unasked`: the picture of 24 hours comes along where there is one. */
async function* oneCheck(
  ctx: Context,
  id: string,
  place: Reply['place'],
  chart?: Period | 'unasked',
): AsyncIterable<Reply> {
  for await (const report of ctx.services.health.measure({ scope: { kind: 'check', id }, signal: ctx.signal })) {
    const reply = detailsReply(ctx, await ctx.services.health.details(id, report), place, report);
    yield chart === undefined ? reply : withTrend(ctx, reply, { id, chart });
  }
}

async function known(ctx: Context, id: string, place: Reply['place']): Promise<Reply> {
  return withTrend(ctx, detailsReply(ctx, await ctx.services.health.details(id), place, undefined), {
    id,
    chart: 'unasked',
  });
}

function detailsReply(
  ctx: Context,
  details: CheckDetails,
  place: Reply['place'],
  report: HealthReport | undefined,
): Reply {
  const now = ctx.clock.now();
  return {
    place,
    slack: () => detailsPost(details, now, ctx.inView),
    terminal: (style) => detailsText(details, now, style),
    json: () => (report ? healthJson(report) : details),
    exitCode: exitCodeOf(details.report.outcome),
    partial: (report?.pending.length ?? 0) > 0,
  };
}

async function mute(ctx: Context, checkId: string, forMs: number): Promise<Reply> {
  return mutedReply(await ctx.services.health.muteCheck(ctx, { checkId, forMs }), ctx.clock.now(), 'thread');
}

async function unmute(ctx: Context, id: string): Promise<Reply> {
  const { health } = ctx.services;
  await ctx.require(roleToEnd(await health.silence(id)));
  return endedReply(await health.endSilence(ctx, id), ctx.clock.now(), 'thread');
}

async function runbook({ services: { ops, runbooks } }: Context, id: string): Promise<Reply> {
  const name = ops.checks.find((check) => check.id === id)?.runbook;
  if (!name)
    throw new OpsError('not_found', `Check "${id}" has no runbook`, { hint: 'add `runbook:` to it in ops.yml' });
  const markdown = await runbooks.read(name);
  return { place: 'asker', slack: () => runbookPost(name, markdown), terminal: () => markdown };
}
