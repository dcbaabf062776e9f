import type { Finding } from '../src/doctor/model.ts';
import { exitCodeOf } from '../src/doctor/model.ts';
import { doctorJson } from '../src/doctor/views/json.ts';
import { doctorPost } from '../src/doctor/views/slack.ts';
import { doctorText } from '../src/doctor/views/terminal.ts';
import { examineAlone } from '../src/examination-alone.ts';
import { type CommandContext, defineCommand, type Reply } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import type { Services } from '../src/services.ts';

type Context = CommandContext<Services>;

export default defineCommand<Services>({
  name: 'doctor',
  summary: 'Look at Rounds itself and what it stands on; each problem with its fix (in Slack for responders)',
  usage: '',
  examples: ['doctor'],
  // At a terminal whoever may read the configuration may ask; it must work when the roles are what is wrong.
  role: 'viewer',
  run: (ctx, args) => inBot(ctx, args, { place: 'asker', all: false }),
  withoutBot: (alone, args) => {
    refuseWords(args);
    return examination(examineAlone(alone), alone.signal, { place: 'asker', all: true });
  },
  buttons: {
    again: {
      summary: 'Looks again and replaces the answer',
      role: 'responder',
      run: (ctx) => inBot(ctx, [], { place: 'source', all: false }),
    },
    all: {
      summary: 'Looks again and shows what is fine, too',
      role: 'responder',
      run: (ctx) => inBot(ctx, [], { place: 'source', all: true }),
    },
  },
});

interface Shown {
  place: Reply['place'];
  all: boolean;
}

async function* inBot(ctx: Context, args: string[], shown: Shown): AsyncIterable<Reply> {
  if (ctx.face === 'slack') await ctx.require('responder');
  refuseWords(args);
  yield* examination(ctx.services.doctor.examine(ctx.signal), ctx.signal, shown);
}

/** One reply, and none when the asker left: half an examination is no answer. */
async function* examination(found: Promise<Finding[]>, signal: AbortSignal, shown: Shown): AsyncIterable<Reply> {
  const findings = await found;
  if (signal.aborted) return;
  yield {
    place: shown.place,
    slack: () => doctorPost(findings, { all: shown.all }),
    terminal: (style) => doctorText(findings, style),
    json: () => doctorJson(findings),
    exitCode: exitCodeOf(findings),
  };
}

function refuseWords([word]: string[]): void {
  if (word !== undefined)
    throw new OpsError('invalid', `doctor does not take "${echo(word)}"`, { hint: 'usage: doctor' });
}
