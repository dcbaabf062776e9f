import type { DeadJob } from '../src/jobs/model.ts';
import { deadJson, deadPost, deadText } from '../src/jobs/views/dead.ts';
import type { CommandContext, Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import type { Services } from '../src/services.ts';

type Context = CommandContext<Pick<Services, 'deadJobs'>>;

/** An answer in Slack has 50 blocks. */
const shown = { slack: 20, terminal: 100 };
/** As many of one kind are put back by one command. */
const mostOfKind = 100;
/** As many ids are named when the rest failed. */
const mostNamed = 5;
const usage = '[replay ID | replay KIND]';
const hint = `usage: jobs ${usage}`;

export default defineCommand<Pick<Services, 'deadJobs'>>({
  name: 'jobs',
  summary: 'Show work that was given up (messages not delivered, sweeps not run), or try it again: takes operator',
  usage,
  examples: ['jobs', 'jobs replay 0f8fad5b-d9cb-469f-a165-70867728950e', 'jobs replay alerts.deliver'],
  role: 'viewer',
  run(ctx, args) {
    const [word, what, ...rest] = args;
    if (word === undefined) return list(ctx, 'asker', []);
    if (word.toLowerCase() !== 'replay') throw new OpsError('invalid', `Jobs can't be "${echo(word)}"`, { hint });
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
  const ofKind = await deadJobs.ofKind(what, mostOfKind);
  if (ofKind.length === 0) return list(ctx, place, [await deadJobs.replay(asker, what)]);
  const replayed: DeadJob[] = [];
  for (const { id } of ofKind) {
    try {
      replayed.push(await deadJobs.replay(asker, id));
    } catch (error) {
      // Of many, somebody else may have put one back meanwhile.
      if (error instanceof OpsError && error.code === 'not_found') continue;
      throw replayed.length === 0
        ? error
        : partly({ kind: what, asked: ofKind.length, replayed, failed: id, error }, ctx);
    }
  }
  return list(ctx, place, replayed);
}

interface Partly {
  kind: string;
  asked: number;
  replayed: readonly DeadJob[];
  failed: string;
  error: unknown;
}

/** What was put back stays so: the asker must know which, whatever ended the rest. */
function partly({ kind, asked, replayed, failed, error }: Partly, { log, request }: Context): OpsError {
  log.error(
    { err: error, ref: request, kind, failed, replayed: replayed.map(({ id }) => id) },
    'only some jobs were put back',
  );
  const why = error instanceof OpsError ? error.message : `something went wrong (ref ${request})`;
  const ids = replayed.slice(0, mostNamed).map(({ id }) => id);
  const more = replayed.length > ids.length ? ` and ${replayed.length - ids.length} more` : '';
  return new OpsError(
    'unavailable',
    `Only ${replayed.length} of ${asked} ${kind} were put back (${ids.join(', ')}${more}). At ${failed}: ${why}`,
    { hint: `those stay put back; \`jobs replay ${kind}\` goes on with the rest`, cause: error },
  );
}

async function list(ctx: Context, place: Reply['place'], replayed: readonly DeadJob[]): Promise<Reply> {
  const found = { ...(await ctx.services.deadJobs.list(shown[ctx.face])), replayed };
  return {
    place,
    slack: () => deadPost(found),
    terminal: (style) => deadText(found, style),
    json: () => deadJson(found),
    exitCode: found.total > 0 ? 1 : 0,
  };
}
