import { randomUUID } from 'node:crypto';
import { draftComingPost, paperChangedPost, papersPost, papersText } from '../src/incidents/after/answers.ts';
import type { PaperKind } from '../src/incidents/after/store.ts';
import { paperName } from '../src/incidents/after/views.ts';
import { type Incident, nameOf, numberOf } from '../src/incidents/model.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { OpsError } from '../src/kernel/errors.ts';
import type { Services } from '../src/services.ts';
import { askerOf, type Context, named, readIn, which } from './incident/meant.ts';

export default defineCommand<Services>({
  name: 'postmortem',
  summary:
    'Make the draft of a post-mortem or an incident report, say where it was written, see what is due: takes responder',
  usage: '[due | [report] [draft] [INC] | [report] done [INC] [LINK] | [report] none [INC] REASON]',
  examples: [
    'postmortem INC-42',
    'postmortem report INC-42',
    'postmortem done INC-42 https://wiki.example.com/inc-42',
    'postmortem none INC-42 nothing beyond the report to say',
    'postmortem due',
  ],
  role: 'viewer',
  async run(ctx, args) {
    const [first = '', ...rest] = args;
    if (first.toLowerCase() === 'due') return due(ctx);
    await ctx.require('responder');
    return first.toLowerCase() === 'report' ? paper(ctx, 'report', rest) : paper(ctx, 'postmortem', args);
  },
  buttons: {
    draft: {
      summary: "Makes the draft of the post-mortem and puts it into the incident's channel",
      role: 'responder',
      run: (ctx, id) => draft(ctx, 'postmortem', id, 'thread'),
    },
    report: {
      summary: "Makes the draft of the incident report and puts it into the incident's channel",
      role: 'responder',
      run: (ctx, id) => draft(ctx, 'report', id, 'thread'),
    },
    done: {
      summary: 'Says that the post-mortem is written',
      role: 'responder',
      run: (ctx, id) => done(ctx, 'postmortem', [id], 'thread'),
    },
    'report-done': {
      summary: 'Says that the incident report is written',
      role: 'responder',
      run: (ctx, id) => done(ctx, 'report', [id], 'thread'),
    },
  },
});

function paper(ctx: Context, kind: PaperKind, args: string[]): Promise<Reply> {
  const [first = '', ...rest] = args;
  switch (first.toLowerCase()) {
    case 'done':
      return done(ctx, kind, rest, 'channel');
    case 'none':
      return none(ctx, kind, rest);
    case 'draft':
      return draft(ctx, kind, onlyIncident(rest), 'channel');
    default:
      return draft(ctx, kind, onlyIncident(args), 'channel');
  }
}

async function draft(ctx: Context, kind: PaperKind, word: string | undefined, place: Reply['place']): Promise<Reply> {
  const { after } = ctx.services.incidents;
  const { id } = await which(ctx, word);
  if (ctx.face === 'terminal') {
    const markdown = await after.draft(id, kind);
    return {
      place,
      slack: () => ({ text: markdown, blocks: [] }),
      terminal: () => markdown,
      json: () => ({ markdown }),
    };
  }
  const { incident } = await after.askForDraft(askerOf(ctx), { id, kind, key: `draft:${randomUUID()}` });
  const shown = place === 'thread' ? place : readIn(ctx, incident);
  return { place: shown, slack: () => draftComingPost(incident, kind), terminal: () => '' };
}

async function done(ctx: Context, kind: PaperKind, args: string[], place: Reply['place']): Promise<Reply> {
  const [word, link] = named(args);
  const { id } = await which(ctx, word);
  const { kind: outcome, incident } = await ctx.services.incidents.after.paperDone(askerOf(ctx), { id, kind, link });
  const said = outcome === 'done' ? `The ${paperName[kind]} is written` : `The ${paperName[kind]} was written already`;
  return answer(said, incident, place === 'thread' ? place : readIn(ctx, incident));
}

async function none(ctx: Context, kind: PaperKind, args: string[]): Promise<Reply> {
  const [word, reason] = named(args);
  const { id } = await which(ctx, word);
  const { kind: outcome, incident } = await ctx.services.incidents.after.noPaper(askerOf(ctx), { id, kind, reason });
  const said = outcome === 'none' ? `No ${paperName[kind]} is asked for` : `The ${paperName[kind]} was written already`;
  return answer(said, incident, readIn(ctx, incident));
}

async function due(ctx: Context): Promise<Reply> {
  const papers = await ctx.services.incidents.after.papersDue(ctx.actor);
  const now = ctx.clock.now();
  return {
    // Those of private incidents may be among them.
    place: 'asker',
    slack: () => papersPost(papers, now),
    terminal: ({ zone }) => papersText(papers, now, zone),
    json: () => papers,
  };
}

function answer(said: string, incident: Incident, place: Reply['place']): Reply {
  const words = `${said}: ${nameOf(incident)}`;
  return {
    place,
    slack: () => paperChangedPost(words),
    terminal: () => words,
    json: () => ({ said, incident: incident.id }),
  };
}

function onlyIncident([word, ...rest]: string[]): string | undefined {
  if (word === undefined || (rest.length === 0 && numberOf(word) !== undefined)) return word;
  throw new OpsError('invalid', 'Of which incident?', {
    hint: '`/ops postmortem INC-42`; `/ops help postmortem` says more',
  });
}
