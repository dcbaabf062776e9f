import { type Period, periodNamed } from './health/periods.ts';
import { checkPicture, overviewPicture } from './health/pictures.ts';
import { type Scope, scopeNamed } from './health/scope.ts';
import { hasLine } from './health/views/chart.ts';
import { overviewPost, overviewText, trendPost, trendText } from './health/views/chart-posts.ts';
import type { CommandContext, Reply } from './kernel/command.ts';
import type { Services } from './services.ts';

type Context = CommandContext<Services>;

/**
 * A check's answer with the picture of its past; a terminal, which waits for the last answer alone, gets it as text.
 * `unasked`: the picture of 24 hours, where there is a line to draw.
 */
export async function withTrend(
  ctx: Context,
  reply: Reply,
  { id, chart }: { id: string; chart: Period | 'unasked' },
): Promise<Reply> {
  const asked = chart !== 'unasked';
  const { health } = ctx.services;
  if (reply.partial) return reply;
  if (ctx.face === 'terminal') {
    if (!asked) return reply;
    return withText(ctx, reply, async () => {
      const trend = await health.trend(id, chart);
      return (style) => trendText(trend, style);
    });
  }
  const period = asked ? chart : '24h';
  const draw = async () => {
    if (!asked && ctx.services.charts.busy) return [];
    const trend = await health.trend(id, period);
    if (!asked && !hasLine(trend)) return [];
    const overview = () => health.overview({ kind: 'check', id }, period);
    return [await checkPicture({ trend, overview }, drawingOf(ctx))];
  };
  return { ...reply, pictures: { asked, draw } };
}

/** An answer about many checks with the picture of their past; a terminal gets it as text. */
export async function withOverview(
  ctx: Context,
  reply: Reply,
  { scope, period }: { scope: Scope; period: Period },
): Promise<Reply> {
  if (reply.partial) return reply;
  const { health } = ctx.services;
  if (ctx.face === 'terminal') {
    return withText(ctx, reply, async () => {
      const overview = await health.overview(scope, period);
      return (style) => `\n${overviewText(overview, nameOf(scope), style)}`;
    });
  }
  const draw = async () => [
    await overviewPicture(await health.overview(scope, period), titleOf(scope), drawingOf(ctx)),
  ];
  return { ...reply, pictures: { asked: true, draw } };
}

/** What the menu asks for: `7d`, `7d data`, `7d data/main-db`. The picture in the thread, with its words above it. */
export async function chartOnly(ctx: Context, value: string): Promise<Reply> {
  const { health, ops } = ctx.services;
  const [typed = '', what] = value.split(' ');
  const period = periodNamed(typed);
  const scope: Scope = what === undefined ? { kind: 'all' } : scopeNamed(what, ops);
  if (scope.kind !== 'check') {
    const overview = await health.overview(scope, period);
    return {
      place: 'thread',
      slack: () => overviewPost(overview, nameOf(scope)),
      terminal: (style) => overviewText(overview, nameOf(scope), style),
      pictures: { asked: true, draw: async () => [await overviewPicture(overview, titleOf(scope), drawingOf(ctx))] },
    };
  }
  const trend = await health.trend(scope.id, period);
  const overview = () => health.overview(scope, period);
  return {
    place: 'thread',
    slack: () => trendPost(trend),
    terminal: (style) => trendText(trend, style),
    pictures: { asked: true, draw: async () => [await checkPicture({ trend, overview }, drawingOf(ctx))] },
  };
}

/** The words stand, whatever becomes of what is read for the chart. */
async function withText(ctx: Context, reply: Reply, read: () => Promise<Reply['terminal']>): Promise<Reply> {
  let more: Reply['terminal'];
  try {
    more = await read();
  } catch (error) {
    ctx.log.warn({ err: error }, 'no chart: the history could not be read');
    more = () => '  (no chart: the history could not be read)';
  }
  return { ...reply, terminal: (style) => `${reply.terminal(style)}\n${more(style)}` };
}

function drawingOf({ services, signal }: Context) {
  return { charts: services.charts, zone: services.ops.team.zone, signal };
}

function nameOf(scope: Scope): string {
  return scope.kind === 'all' ? '' : scope.id;
}

function titleOf(scope: Scope): string {
  return scope.kind === 'all' ? 'All checks' : scope.id;
}
