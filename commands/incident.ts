import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Declaration } from '../src/incidents/declare.ts';
import { declareFields, readDeclaration } from '../src/incidents/form.ts';
import { type Incident, nameOf, numberOf, pagingOf } from '../src/incidents/model.ts';
import {
  changedPost,
  declaredPost,
  declaredText,
  incidentText,
  listPost,
  listText,
} from '../src/incidents/views/answer.ts';
import { incidentPost } from '../src/incidents/views/message.ts';
import type { CommandContext, Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { defineForm } from '../src/kernel/form.ts';
import type { Services } from '../src/services.ts';

type Context = CommandContext<Services>;

const usage = '[declare SEVERITY TITLE | INC | ack INC | resolve INC WHAT HELPED]';
/** How long a terminal waits for the page to be accepted. */
const patienceMs = 5_000;
const hint = `usage: incident ${usage}`;

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
    switch (word.toLowerCase()) {
      case 'declare':
        return declare(ctx, rest);
      case 'ack':
      case 'acknowledge':
        return acknowledge(ctx, idOf(rest[0]), 'channel');
      case 'resolve':
        return resolve(ctx, idOf(rest[0]), rest.slice(1).join(' '));
      default:
        return show(ctx, idOf(word));
    }
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
        const channel = ctx.given.from?.channel;
        return declared(ctx, { ...parsed, key: `view:${ctx.key}`, ...(channel && { channel }) }, 'asker');
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
      run: (ctx, id) => acknowledge(ctx, idOf(id), 'thread'),
    },
    resolve: {
      summary: 'Ends the incident, and its page',
      role: 'responder',
      run: (ctx, id) => resolve(ctx, idOf(id), '', 'thread'),
    },
  },
});

function idOf(text: string | undefined): number {
  const id = numberOf(text ?? '');
  if (id === undefined) throw new OpsError('invalid', text ? `"${text}" is no incident` : 'Which incident?', { hint });
  return id;
}

function askerOf({ actor, request }: Context) {
  return { by: { id: actor.id, mention: actor.mention }, request };
}

async function list({ services: { incidents }, clock }: Context): Promise<Reply> {
  const found = await incidents.list(50);
  return {
    place: 'channel',
    slack: () => listPost(found, clock.now()),
    terminal: () => listText(found),
    json: () => found,
  };
}

async function show({ services: { incidents }, clock }: Context, id: number): Promise<Reply> {
  const { incident, events } = await incidents.show(id);
  return {
    place: 'channel',
    slack: () => incidentPost(incident, clock.now()),
    terminal: ({ zone }) => incidentText(incident, events, zone),
    json: () => ({ ...incident, events }),
  };
}

async function declare(ctx: Context, [severity, ...title]: string[]): Promise<Reply> {
  await ctx.require('responder');
  if (severity === undefined) throw new OpsError('invalid', 'How bad is it, and what is wrong?', { hint });
  return declared(ctx, { key: `command:${randomUUID()}`, severity, title: title.join(' ') }, 'channel');
}

async function declared(ctx: Context, declaration: Declaration, place: Reply['place']): Promise<Reply> {
  const { incidents } = ctx.services;
  const { kind, incident } = await incidents.declare(askerOf(ctx), declaration);
  if (ctx.face === 'terminal') return declaredInTerminal(ctx, incident);
  const answer = { known: kind === 'known', announced: incidents.announceIn };
  return {
    place,
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

async function acknowledge(ctx: Context, id: number, place: Reply['place']): Promise<Reply> {
  await ctx.require('responder');
  const { kind, incident } = await ctx.services.incidents.acknowledge(askerOf(ctx), id);
  const words = { acknowledged: 'You are on it', already: 'Somebody is on it already', over: 'It is over already' }[
    kind
  ];
  return changed(incident, words, place);
}

async function resolve(ctx: Context, id: number, words: string, place: Reply['place'] = 'channel'): Promise<Reply> {
  await ctx.require('responder');
  const { kind, incident } = await ctx.services.incidents.resolve(askerOf(ctx), { id, words });
  return changed(incident, kind === 'resolved' ? 'Resolved' : 'It was over already', place);
}

function changed(incident: Incident, words: string, place: Reply['place']): Reply {
  return {
    place,
    slack: () => changedPost(incident, words),
    terminal: () => `${words}: ${nameOf(incident)} ${incident.label}: ${incident.title}`,
    json: () => incident,
  };
}
