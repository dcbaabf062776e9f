import { markFields, readMark } from '../src/incidents/evidence/form.ts';
import { type Step, steps } from '../src/incidents/evidence/model.ts';
import { holdPost, holdText } from '../src/incidents/evidence/views.ts';
import { numberOf } from '../src/incidents/model.ts';
import { changedPost } from '../src/incidents/views/answer.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { defineForm } from '../src/kernel/form.ts';
import type { Services } from '../src/services.ts';
import { askerOf, type Context, changed, named, readIn, which } from './incident/meant.ts';

const usage = '[INC | show [INC] | done [INC] STEP WHERE | export [INC] | release [INC] WHY]';
const hint = `usage: hold ${usage}`;

export default defineCommand<Services>({
  name: 'hold',
  summary: "Keep an incident's evidence, mark what is kept elsewhere (responder); export it, release it (approver)",
  usage,
  examples: [
    'hold INC-42',
    'hold done logs s3://evidence/inc-42/',
    'hold export INC-42',
    'hold release INC-42 counsel agreed on 12 May',
  ],
  role: 'responder',
  run(ctx, [word, ...rest]) {
    if (word === undefined || numberOf(word) !== undefined) return place(ctx, word);
    const sub = words[word.toLowerCase()];
    if (!sub) throw new OpsError('invalid', `"${echo(word)}" is no incident`, { hint });
    return sub(ctx, rest);
  },
  buttons: {
    place: {
      summary: 'Puts the evidence of the incident on hold',
      role: 'responder',
      run: (ctx, id) => place(ctx, id, 'asker'),
    },
    export: {
      summary: 'Puts what Rounds has of the incident into its channel, as a file',
      role: 'approver',
      run: (ctx, id) => exported(ctx, [id]),
    },
  },
  forms: {
    mark: defineForm<Services, { step: Step; reference: string }>({
      ...{ title: 'Evidence kept elsewhere', button: 'Mark as done', role: 'responder' },
      summary: 'Marks a step of the hold as done, and says where the evidence is',
      open: () => markFields(),
      read: (values) => readMark(values),
      submit: (ctx, { step, reference }) => mark(ctx, ctx.given.value, step, reference),
    }),
  },
});

const words: Record<string, (ctx: Context, rest: string[]) => Promise<Reply>> = {
  show: (ctx, [word]) => show(ctx, word),
  done(ctx, rest) {
    const [word, text] = named(rest);
    const [first = '', ...where] = text.split(' ');
    const step = steps.find((each) => each === first.toLowerCase());
    if (step === undefined) throw new OpsError('invalid', 'Which step is done?', { hint: steps.join(', ') });
    return mark(ctx, word, step, where.join(' '));
  },
  export: exported,
  async release(ctx, rest) {
    await ctx.require('approver');
    const [word, reason] = named(rest);
    const { id } = await which(ctx, word);
    const { incident } = await ctx.services.incidents.evidence.release(askerOf(ctx), { id, reason });
    return changed(incident, 'Its evidence is not on hold any more');
  },
};

async function place(ctx: Context, word: string | undefined, where: Reply['place'] = 'channel'): Promise<Reply> {
  const { id } = await which(ctx, word);
  const { kind } = await ctx.services.incidents.evidence.place(askerOf(ctx), id);
  // What was placed now is said in the incident's channel.
  return show(ctx, String(id), kind === 'placed' ? 'asker' : where);
}

async function mark(ctx: Context, word: string | undefined, step: Step, reference: string): Promise<Reply> {
  const { id } = await which(ctx, word);
  await ctx.services.incidents.evidence.mark(askerOf(ctx), { id, step, reference });
  return show(ctx, String(id), 'asker');
}

async function show(ctx: Context, word: string | undefined, place: Reply['place'] = 'asker'): Promise<Reply> {
  const incident = await which(ctx, word);
  const hold = await ctx.services.incidents.evidence.find(incident.id);
  return {
    place: place === 'channel' ? readIn(ctx, incident) : place,
    slack: () =>
      hold ? holdPost(incident, hold, ctx.clock.now()) : changedPost(incident, 'Its evidence is not on hold'),
    terminal: ({ zone }) => holdText(incident, hold, zone),
    json: () => hold ?? null,
  };
}

/** In a terminal the file is the answer; in Slack it comes into the incident's channel. */
async function exported(ctx: Context, [word]: string[]): Promise<Reply> {
  await ctx.require('approver');
  const { id } = await which(ctx, word);
  const { evidence } = ctx.services.incidents;
  if (ctx.face === 'slack') {
    const { incident } = await evidence.exportToChannel(askerOf(ctx), id);
    return { ...changed(incident, 'What Rounds has comes into its channel, as a file'), place: 'asker' };
  }
  const { bytes, ...made } = await evidence.exportFile(askerOf(ctx), id);
  const text = new TextDecoder().decode(bytes).trimEnd();
  return {
    place: 'asker',
    slack: () => ({ text: made.name, blocks: [] }),
    terminal: () => text,
    json: () => ({ ...made, text }),
  };
}
