import { setTimeout as wait } from 'node:timers/promises';
import type { Declaration } from '../src/incidents/declare.ts';
import { declareFields, originOf, readDeclaration } from '../src/incidents/form.ts';
import type { Journaled } from '../src/incidents/journal/journal.ts';
import { stateOf } from '../src/incidents/journal/model.ts';
import { journaledAnswer, journaledText } from '../src/incidents/journal/views.ts';
import { type Incident, pagingOf } from '../src/incidents/model.ts';
import { dismissedReply } from '../src/incidents/proposals/views.ts';
import { declaredPost, declaredText } from '../src/incidents/views/answer.ts';
import { listPost, listText } from '../src/incidents/views/list.ts';
import { incidentPost } from '../src/incidents/views/message.ts';
import { incidentText, viewPost } from '../src/incidents/views/view.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { defineForm, type FormContext } from '../src/kernel/form.ts';
import { keyOf } from '../src/kernel/request.ts';
import type { Services } from '../src/services.ts';
import { begunByCheck, begunByProposal, checkOf, withSnapshot } from './incident/begun.ts';
import { falseAlarm, opensResolve, resolve, resolveForm } from './incident/ending.ts';
import { lifecycle } from './incident/lifecycle.ts';
import { askerOf, type Context, changed, placeFor, privately, readIn, which } from './incident/meant.ts';
import { runbookOf } from './incident/runbook.ts';

const usage =
  '[declare SEVERITY TITLE | INC | ack | mitigate | resolve [WHAT HELPED] | false-alarm | severity NAME | phi yes/no WHY | pause 30m | resume | merge INC | reopen | add @PERSON]';
/** How long a terminal waits for the page to be accepted. */
const patienceMs = 5_000;
const hint = 'incident declare P1 API is down, for example';

const declaring = { title: 'Declare an incident', button: 'Declare and page', keyed: true, role: 'responder' } as const;

export default defineCommand<Services>({
  name: 'incident',
  summary: 'Declare an incident and page who is on call; list, acknowledge or resolve: takes responder',
  usage,
  examples: [
    'incident',
    'incident declare critical API is down',
    'incident INC-42',
    'incident ack INC-42',
    'incident resolve INC-42 rolled back',
  ],
  role: 'viewer',
  run(ctx, args) {
    const [word, ...rest] = args;
    if (word === undefined) return list(ctx);
    if (word.startsWith('-')) throw new OpsError('invalid', `There is no option ${word}`, { hint });
    const sub = words[word.toLowerCase()];
    return sub ? sub(ctx, rest) : show(ctx, word);
  },
  opens: ([word, ...rest]) => {
    if (word?.toLowerCase() === 'resolve') return opensResolve(rest);
    return word?.toLowerCase() === 'declare' && rest.length === 0 ? { form: 'declare' } : undefined;
  },
  forms: {
    declare: defineForm<Services, Omit<Declaration, 'key'>>({
      ...declaring,
      summary: 'Declares an incident: its page leaves first, its message follows',
      begins: (opening) => withSnapshot(opening.given.value, opening),
      open(opening) {
        const { services, given } = opening;
        return declareFields(services.severities, given, begunByCheck(given.value, opening));
      },
      read: readDeclaration,
      async submit(ctx, parsed) {
        const { message, value } = ctx.given;
        const origin = message ? originOf(message) : checkOf(value, ctx);
        return declared(ctx, { ...parsed, ...submitted(ctx), ...(origin && { origin }) }, 'asker');
      },
    }),
    proposed: defineForm<Services, Omit<Declaration, 'key'>>({
      ...declaring,
      summary: 'Declares an incident from what another tool has reported',
      open: ({ services, given }) => declareFields(services.severities, given),
      fill: begunByProposal,
      read: readDeclaration,
      submit: async (ctx, parsed) =>
        declared(ctx, { ...parsed, ...submitted(ctx), proposal: Number(ctx.given.value) }, 'asker'),
    }),
    resolve: resolveForm,
  },
  shortcuts: {
    declare: {
      label: 'Declare an incident',
      summary: 'Opens the dialog that declares an incident',
      kind: 'global',
      form: 'declare',
    },
    from: {
      label: 'Declare incident from it',
      summary: 'Opens the dialog that declares an incident, with the message in it',
      kind: 'message',
      form: 'declare',
    },
  },
  buttons: {
    list: { summary: 'Lists the open incidents', role: 'viewer', run: async (ctx) => privately(await list(ctx)) },
    view: { summary: 'Shows one incident', role: 'viewer', run: async (ctx, id) => privately(await show(ctx, id)) },
    acknowledge: {
      summary: 'Takes the incident on: its page stops ringing',
      role: 'responder',
      run: (ctx, id) => acknowledge(ctx, id, 'thread'),
    },
    dismiss: {
      summary: 'Says that what another tool has reported is no incident',
      role: 'responder',
      run: (ctx, id) => dismiss(ctx, id),
    },
    'false-alarm': {
      summary: 'Ends the incident as a false alarm: no report and no post-mortem are asked for',
      role: 'responder',
      run: (ctx, id) => falseAlarm(ctx, id, 'asker'),
    },
    runbook: { summary: 'Shows the runbook to whoever pressed it', role: 'viewer', run: runbookOf },
  },
});

const words: Record<string, (ctx: Context, rest: string[]) => Promise<Reply>> = {
  declare,
  ack: (ctx, [word]) => acknowledge(ctx, word, 'channel'),
  acknowledge: (ctx, [word]) => acknowledge(ctx, word, 'channel'),
  resolve,
  'false-alarm': (ctx, [word]) => falseAlarm(ctx, word, 'channel'),
  ...lifecycle,
};

function submitted({ key, channel }: FormContext<Services>) {
  return { key: `view:${key}`, ...(channel !== undefined && { channel }) };
}

async function dismiss(ctx: Context, id: string): Promise<Reply> {
  const { kind, proposal } = await ctx.services.incidents.proposals.dismiss(askerOf(ctx), Number(id));
  return dismissedReply(kind, proposal);
}

async function list(ctx: Context): Promise<Reply> {
  const { services, clock, actor } = ctx;
  const found = await services.incidents.list(50, actor);
  return {
    // A line tells nothing of what PHI may be involved in.
    place: readIn(ctx, ...found.filter((each) => each.private)),
    slack: () => listPost(found, clock.now()),
    terminal: () => listText(found, clock.now()),
    json: () => found,
  };
}

async function show(ctx: Context, word: string): Promise<Reply> {
  const { incidents } = ctx.services;
  const { incident, events } = await incidents.show((await which(ctx, word)).id);
  const tasks = await incidents.tasks.openTasks(incident.id);
  const known = { events, tasks };
  // One that is private is found by those in it alone, and elsewhere than in its channel shown to the asker alone.
  const inside = incident.private || (ctx.channel !== undefined && ctx.channel === incident.home?.channel);
  return {
    place: readIn(ctx, incident),
    slack: () => viewPost(incident, known, ctx.clock.now(), { inside }),
    terminal: ({ zone }) => incidentText(incident, known, { zone, now: ctx.clock.now() }),
    json: () => ({ ...incident, events, tasks }),
  };
}

async function declare(ctx: Context, [severity, ...title]: string[]): Promise<Reply> {
  await ctx.require('responder');
  if (severity === undefined) throw new OpsError('invalid', 'How bad is it, and what is wrong?', { hint });
  const where = ctx.channel === undefined ? {} : { channel: ctx.channel };
  return declared(ctx, { key: keyOf(ctx), severity, title: title.join(' '), ...where }, 'channel');
}

async function declared(ctx: Context, declaration: Declaration, place: Reply['place']): Promise<Reply> {
  const { incidents } = ctx.services;
  const done = await incidents.journal.declare(askerOf(ctx), declaration);
  if (done.kind === 'journaled') return journaled(ctx, done, place);
  const { kind, incident } = done;
  if (ctx.face === 'terminal') return declaredInTerminal(ctx, incident);
  const answer = { known: kind === 'known', announced: incidents.announceIn };
  return {
    place: placeFor(incident, place),
    slack: () => declaredPost(incident, answer, ctx.clock.now()),
    terminal: () => declaredText(incident),
    json: () => incident,
  };
}

/** The database is away: what is known is said at once, since nothing more can be asked. */
function journaled({ clock }: Context, { entry, lost }: Journaled, place: Reply['place']): Reply {
  return {
    place,
    slack: () => journaledAnswer(entry, { now: clock.now(), lost }),
    terminal: () => journaledText(entry, lost),
    json: () => ({ journaled: entry, ...(lost !== undefined && { lost }) }),
    exitCode: ['not_paged', 'paging'].includes(stateOf(entry)) ? 2 : 1,
  };
}

/** Nobody may run who sends the page, and no message tells: so the terminal waits for it, and says what became of it. */
async function declaredInTerminal({ services, signal, clock }: Context, declared: Incident): Promise<Reply> {
  const untilMs = performance.now() + patienceMs;
  let incident = declared;
  while (pagingOf(incident).kind === 'paging' && performance.now() < untilMs && !signal.aborted) {
    await wait(100);
    ({ incident } = await services.incidents.show(incident.id));
  }
  const unpaged = ['paging', 'not_paged'].includes(pagingOf(incident).kind);
  return {
    place: 'channel',
    slack: () => incidentPost(incident, clock.now()),
    terminal: () => declaredText(incident),
    json: () => incident,
    ...(unpaged && { exitCode: 2 }),
  };
}

async function acknowledge(ctx: Context, word: string | undefined, place: Reply['place']): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await which(ctx, word);
  const { kind, incident } = await ctx.services.incidents.acknowledge(askerOf(ctx), id);
  const said = { acknowledged: 'You are on it', already: 'Somebody is on it already', over: 'It is over already' }[
    kind
  ];
  return changed(incident, said, place);
}
