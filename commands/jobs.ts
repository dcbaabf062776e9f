import type { DeadJob } from '../src/jobs/model.ts';
import { deadJson, deadPost, deadText } from '../src/jobs/views/dead.ts';
import type { CommandContext, Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { OpsError } from '../src/kernel/errors.ts';
import type { Services } from '../src/services.ts';

type Context = CommandContext<Pick<Services, 'deadJobs'>>;

/** An answer in Slack has 50 blocks. */
const shown = { slack: 20, terminal: 100 };
/** As many of one kind are put back by one command. */
const mostOfKind = 100;
const usage = '[replay ID | replay KIND]';
const hint = `usage: jobs ${usage}`;

export default defineCommand<Pick<Services, 'deadJobs'>>({
  name: 'jobs',
  summary: 'Show work that was given up (messages not delivered, sweeps not run), or try it again',
  usage,
  examples: ['jobs', 'jobs replay 0f8fad5b-d9cb-469f-a165-70867728950e', 'jobs replay alerts.deliver'],
  role: 'viewer',
  run(ctx, args) {
    const [word, what, ...rest] = args;
    if (word === undefined) return list(ctx, 'asker', []);
    if (word.toLowerCase() !== 'replay') throw new OpsError('invalid', `Jobs can't be "${word}"`, { hint });
    if (what === undefined || rest.length > 0) throw new OpsError('invalid', 'Which one? Its id or its kind', { hint });
    return replay(ctx, what, 'asker');
  },
  buttons: {
    replay: {
      summary: 'Tries a job that was given up again, as a new one',
      role: 'operator',
      run: (ctx, id) => replay(ctx, id, 'source'),
    },
  },
});

async function replay(ctx: Context, what: string, place: Reply['place']): Promise<Reply> {
  await ctx.require('operator');
  const { deadJobs } = ctx.services;
  const asker = { actor: ctx.actor.id, request: ctx.request };
  const ofKind = (await deadJobs.list(mostOfKind)).jobs.filter(({ kind }) => kind === what);
  const ids = ofKind.length > 0 ? ofKind.map(({ id }) => id) : [what];
  const replayed: DeadJob[] = [];
  for (const id of ids) {
    try {
      replayed.push(await deadJobs.replay(asker, id));
    } catch (error) {
      // Of many, somebody else may have put one back meanwhile.
      if (ofKind.length === 0 || !(error instanceof OpsError && error.code === 'not_found')) throw error;
    }
  }
  return list(ctx, place, replayed);
}

async function list(ctx: Context, place: Reply['place'], replayed: readonly DeadJob[]): Promise<Reply> {
  const found = { ...(await ctx.services.deadJobs.list(shown[ctx.face])), replayed, now: ctx.clock.now() };
  return {
    place,
    slack: () => deadPost(found),
    terminal: (style) => deadText(found, style),
    json: () => deadJson(found),
    exitCode: found.total > 0 ? 1 : 0,
  };
}
