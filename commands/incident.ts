import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Declaration } from '../src/incidents/declare.ts';
import { declareFields, originOf, readDeclaration } from '../src/incidents/form.ts';
import { type Incident, pagingOf } from '../src/incidents/model.ts';
import { declaredPost, declaredText, incidentText, listPost, listText } from '../src/incidents/views/answer.ts';
import { incidentPost } from '../src/incidents/views/message.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { defineForm } from '../src/kernel/form.ts';
import type { Services } from '../src/services.ts';
import { lifecycle } from './incident/lifecycle.ts';
import { askerOf, type Context, changed, named, placeFor, which } from './incident/meant.ts';

const usage =
  '[declare SEVERITY TITLE | INC | ack | mitigate | resolve WHAT HELPED | severity NAME | phi yes/no | pause 30m | resume | merge INC | reopen | add @PERSON]';
/** How long a terminal waits for the page to be accepted. */
const patienceMs = 5_000;
const hint = 'incident declare P1 API is down, for example';

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
  opens: ([word, ...rest]) =>
    word?.toLowerCase() === 'declare' && rest.length === 0 ? { form: 'declare' } : undefined,
  forms: {
    declare: defineForm<Services, Omit<Declaration, 'key'>>({
      ...{ title: 'Declare an incident', button: 'Declare and page', keyed: true, role: 'responder' },
      summary: 'Declares an incident: its page leaves first, its message follows',
      open: ({ services, given }) => declareFields(services.severities, given),
      read: readDeclaration,
      async submit(ctx, parsed) {
        const { message } = ctx.given;
        const from = ctx.channel !== undefined && { channel: ctx.channel };
        const origin = message && { origin: originOf(message) };
        return declared(ctx, { ...parsed, key: `view:${ctx.key}`, ...from, ...origin }, 'asker');
      },
    }),
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
    acknowledge: {
      summary: 'Takes the incident on: its page stops ringing',
      role: 'responder',
      run: (ctx, id) => acknowledge(ctx, id, 'thread'),
    },
    resolve: {
      summary: 'Ends the incident, and its page',
      role: 'responder',
      run: (ctx, id) => resolve(ctx, id, '', 'thread'),
    },
  },
});

const words: Record<string, (ctx: Context, rest: string[]) => Promise<Reply>> = {
  declare,
  ack: (ctx, [word]) => acknowledge(ctx, word, 'channel'),
  acknowledge: (ctx, [word]) => acknowledge(ctx, word, 'channel'),
  resolve: (ctx, rest) => resolve(ctx, ...named(rest)),
  ...lifecycle,
};

async function list({ services: { incidents }, clock, actor }: Context): Promise<Reply> {
  const found = await incidents.list(50, actor);
  return {
    // The private ones are for the asker's eyes.
    place: found.some((incident) => incident.private) ? 'asker' : 'channel',
    slack: () => listPost(found, clock.now()),
    terminal: () => listText(found),
    json: () => found,
  };
}

async function show(ctx: Context, word: string): Promise<Reply> {
  const { incidents } = ctx.services;
  const { incident, events } = await incidents.show((await which(ctx, word)).id);
  return {
    place: placeFor(incident, 'channel'),
    slack: () => incidentPost(incident, ctx.clock.now()),
    terminal: ({ zone }) => incidentText(incident, events, zone),
    json: () => ({ ...incident, events }),
  };
}

async function declare(ctx: Context, [severity, ...title]: string[]): Promise<Reply> {
  await ctx.require('responder');
  if (severity === undefined) throw new OpsError('invalid', 'How bad is it, and what is wrong?', { hint });
  const where = ctx.channel === undefined ? {} : { channel: ctx.channel };
  return declared(ctx, { key: `command:${randomUUID()}`, severity, title: title.join(' '), ...where }, 'channel');
}

async function declared(ctx: Context, declaration: Declaration, place: Reply['place']): Promise<Reply> {
  const { incidents } = ctx.services;
  const { kind, incident } = await incidents.declare(askerOf(ctx), declaration);
  if (ctx.face === 'terminal') return declaredInTerminal(ctx, incident);
  const answer = { known: kind === 'known', announced: incidents.announceIn };
  return {
    place: placeFor(incident, place),
    slack: () => declaredPost(incident, answer, ctx.clock.now()),
    terminal: () => declaredText(incident),
    json: () => incident,
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

async function resolve(
  ctx: Context,
  word: string | undefined,
  words: string,
  place: Reply['place'] = 'channel',
): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await which(ctx, word);
  const { kind, incident } = await ctx.services.incidents.resolve(askerOf(ctx), { id, words });
  return changed(incident, kind === 'resolved' ? 'Resolved' : 'It was over already', place);
}
