import type { Scope } from '../src/health/health.ts';
import { type CheckDetails, exitCodeOf, type HealthReport } from '../src/health/model.ts';
import { detailsPost } from '../src/health/views/details.ts';
import { healthJson } from '../src/health/views/json.ts';
import { healthPost } from '../src/health/views/slack.ts';
import { tablePosts } from '../src/health/views/table.ts';
import { detailsText, healthText } from '../src/health/views/terminal.ts';
import type { CommandContext, Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { nearest } from '../src/kernel/nearest.ts';
import { runbookPost } from '../src/runbooks/views.ts';
import type { Services } from '../src/services.ts';

type Context = CommandContext<Services>;

export default defineCommand<Services>({
  name: 'health',
  summary: 'Check the systems now and show what needs a look, worst first',
  usage: '[GROUP | CHECK]',
  examples: ['health', 'health api', 'health data/main-db'],
  role: 'viewer',
  run(ctx, args) {
    const scope = scopeOf(ctx, args);
    return scope.kind === 'check' ? oneCheck(ctx, scope.id, 'channel') : sweep(ctx, scope, 'channel');
  },
  buttons: {
    again: {
      summary: 'Measures again and replaces the answer',
      role: 'viewer',
      run: (ctx, value) => sweep(ctx, scopeOf(ctx, value ? [value] : []), 'source'),
    },
    recheck: {
      summary: 'Measures one check again and replaces its details',
      role: 'viewer',
      run: (ctx, id) => oneCheck(ctx, id, 'source'),
    },
    details: {
      summary: 'Shows facts, last 24 hours, changes and uptime of a check in the thread',
      role: 'viewer',
      run: (ctx, id) => known(ctx, id, 'thread'),
    },
    runbook: { summary: 'Shows the runbook to whoever pressed it', role: 'viewer', run: (ctx, id) => runbook(ctx, id) },
  },
});

/** A word is a group or a check; where both have the name it is the group, and `group/check` is the check. */
function scopeOf({ services: { ops } }: Context, args: string[]): Scope {
  const [typed, ...rest] = args;
  if (typed === undefined) return { kind: 'all' };
  const hint = 'usage: health [GROUP | CHECK]';
  if (rest.length) throw new OpsError('invalid', `"${rest.join(' ')}" is too much`, { hint });
  if (typed.startsWith('-')) throw new OpsError('invalid', `There is no option ${typed}`, { hint });
  const name = typed.toLowerCase();
  const groups = [...new Set(ops.checks.map((check) => check.group))];
  const ids = ops.checks.map((check) => check.id);
  const full = ops.checks.find((check) => `${check.group}/${check.id}` === name);
  if (full) return { kind: 'check', id: full.id };
  if (groups.includes(name)) return { kind: 'group', id: name };
  if (ids.includes(name)) return { kind: 'check', id: name };
  const close = nearest(name, [...groups, ...ids, ...ops.checks.map((check) => `${check.group}/${check.id}`)]);
  throw new OpsError('not_found', `There is no group or check "${typed}"`, {
    hint: close ? `Did you mean ${close}?` : `Groups: ${some(groups)}. Checks: ${some(ids)}.`,
  });
}

function some(names: string[]): string {
  return names.length > 12 ? `${names.slice(0, 12).join(', ')} … and ${names.length - 12} more` : names.join(', ');
}

async function* sweep(ctx: Context, scope: Scope, place: Reply['place']): AsyncIterable<Reply> {
  for await (const report of ctx.services.health.measure({ scope, signal: ctx.signal })) {
    yield healthReply(ctx, report, scope, place);
  }
}

function healthReply(ctx: Context, report: HealthReport, scope: Scope, place: Reply['place']): Reply {
  const now = ctx.clock.now();
  const done = report.pending.length === 0;
  return {
    place,
    slack: () => healthPost(report, { now, scope: scope.kind === 'all' ? '' : scope.id }),
    terminal: (style) => healthText(report, now, style),
    json: () => healthJson(report),
    exitCode: exitCodeOf(report.verdict),
    partial: !done,
    ...(done && place !== 'thread' ? { thread: () => tablePosts(report.checks, { report, now }) } : {}),
  };
}

async function* oneCheck(ctx: Context, id: string, place: Reply['place']): AsyncIterable<Reply> {
  for await (const report of ctx.services.health.measure({ scope: { kind: 'check', id }, signal: ctx.signal })) {
    yield detailsReply(ctx, await ctx.services.health.details(id, report), place, report);
  }
}

async function known(ctx: Context, id: string, place: Reply['place']): Promise<Reply> {
  return detailsReply(ctx, await ctx.services.health.details(id), place, undefined);
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
    slack: () => detailsPost(details, now),
    terminal: (style) => detailsText(details, now, style),
    json: () => (report ? healthJson(report) : details),
    exitCode: exitCodeOf(details.report.outcome),
    partial: (report?.pending.length ?? 0) > 0,
  };
}

async function runbook({ services: { ops, runbooks } }: Context, id: string): Promise<Reply> {
  const name = ops.checks.find((check) => check.id === id)?.runbook;
  if (!name)
    throw new OpsError('not_found', `Check "${id}" has no runbook`, { hint: 'add `runbook:` to it in ops.yml' });
  const markdown = await runbooks.read(name);
  return { place: 'asker', slack: () => runbookPost(name, markdown), terminal: () => markdown };
}
