import { scopeNamed } from '../src/health/scope.ts';
import { readWork, workFields } from '../src/health/silences/form.ts';
import { roleToEnd } from '../src/health/silences/model.ts';
import { maintenancePlan } from '../src/health/silences/plan.ts';
import type { Work } from '../src/health/silences/verbs.ts';
import { maintenanceReply } from '../src/health/views/maintenance.ts';
import { begunReply, endedReply } from '../src/health/views/silence.ts';
import type { CommandContext, Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { parseDuration } from '../src/kernel/duration.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { defineForm } from '../src/kernel/form.ts';
import type { Services } from '../src/services.ts';

type Context = CommandContext<Services>;

const usage = '[begin | GROUP | CHECK DURATION [skip] REASON | end ID]';
const hint = `usage: maintenance ${usage}`;

export default defineCommand<Services>({
  name: 'maintenance',
  helpOrder: 20,
  summary:
    'Show what is muted or in maintenance; begin maintenance (nobody is told, no uptime is lost) or end it: takes operator',
  usage,
  examples: [
    'maintenance',
    'maintenance begin',
    'maintenance data 45m patches',
    'maintenance main-db 2h skip moving to a new host',
    'maintenance end x7k2mp',
  ],
  role: 'viewer',
  run(ctx, args) {
    const [word, ...rest] = args;
    if (word === undefined) return list(ctx);
    if (word.startsWith('-')) throw new OpsError('invalid', `There is no option ${echo(word)}`, { hint });
    if (word.toLowerCase() === 'end') return end(ctx, rest);
    if (asksForForm(args)) {
      if (ctx.face === 'terminal') throw new OpsError('invalid', 'What is worked on, how long, and why?', { hint });
      // Where no dialog opens: the list has the button that opens it.
      return list(ctx);
    }
    return begin(ctx, word, rest);
  },
  opens: (args) => (asksForForm(args) ? { form: 'begin' } : undefined),
  forms: {
    begin: defineForm<Services, Work>({
      title: 'Begin maintenance',
      button: 'Begin',
      summary: 'Begins maintenance of a group or a check, now: nobody is told, no uptime is lost',
      role: 'operator',
      open: ({ services: { ops }, given }) => workFields(ops, given.value),
      read: readWork,
      submit: async (ctx, work) =>
        begunReply(await ctx.services.health.beginMaintenance(ctx, work), ctx.clock.now(), 'channel'),
    }),
  },
});

function asksForForm(args: readonly string[]): boolean {
  return args.length === 1 && args[0]?.toLowerCase() === 'begin';
}

async function list({ services: { ops, health }, clock }: Context): Promise<Reply> {
  const now = clock.now();
  return maintenanceReply(maintenancePlan(ops.maintenance, await health.silences(), now), now, 'channel');
}

async function begin(ctx: Context, name: string, [length = '', ...words]: string[]): Promise<Reply> {
  const { ops, health } = ctx.services;
  const target = scopeNamed(name, ops);
  await ctx.require('operator');
  const forMs = parseDuration(length.toLowerCase());
  if (forMs === undefined) {
    const found = length === '' ? 'How long does it last?' : `"${echo(length)}" is no duration like 45m or 2h`;
    throw new OpsError('invalid', found, { hint });
  }
  const skips = words[0]?.toLowerCase() === 'skip';
  const reason = (skips ? words.slice(1) : words).join(' ');
  const work = { target, forMs, mode: skips ? 'skip' : 'mute', reason } as const;
  return begunReply(await health.beginMaintenance(ctx, work), ctx.clock.now(), 'channel');
}

async function end(ctx: Context, [id, ...rest]: string[]): Promise<Reply> {
  if (id === undefined || rest.length > 0) throw new OpsError('invalid', 'Which one? Its id is needed', { hint });
  const { health } = ctx.services;
  await ctx.require(roleToEnd(await health.silence(id).catch(forFace(ctx))));
  return endedReply(await health.endSilence(ctx, id), ctx.clock.now(), 'channel');
}

/** In a terminal, the remedy is what can be typed there. */
function forFace({ face }: Context): (error: unknown) => never {
  return (error) => {
    if (face !== 'terminal' || !(error instanceof OpsError) || error.code !== 'not_found') throw error;
    throw new OpsError('not_found', error.message, { hint: '`rounds maintenance` lists them', cause: error });
  };
}
