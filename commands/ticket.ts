import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import type { Services } from '../src/services.ts';
import { askerOf, type Context, changed, which } from './incident/meant.ts';
import { wordAndUrl } from './incident/word-and-url.ts';

export default defineCommand<Services>({
  name: 'ticket',
  summary: "Make the incident's ticket in the configured tracker, or link one of any other: takes responder",
  usage: '[INC] [URL]',
  examples: ['ticket', 'ticket INC-42', 'ticket INC-42 https://tracker.example.com/OPS-12'],
  role: 'responder',
  async run(ctx, args) {
    const { word, url } = wordAndUrl(args);
    const { id } = await which(ctx, word);
    return url === undefined ? make(ctx, id) : link(ctx, id, url);
  },
});

async function make(ctx: Context, id: number): Promise<Reply> {
  const { links } = ctx.services.incidents;
  const { kind, incident } = await links.makeTicket(askerOf(ctx), id);
  const there = incident.links?.ticket;
  return changed(incident, kind === 'there' ? `It has one: ${there?.name}` : `A ticket is made in ${links.tracker}`);
}

async function link(ctx: Context, id: number, url: string): Promise<Reply> {
  const { incident } = await ctx.services.incidents.links.linkTicket(askerOf(ctx), { id, url });
  return changed(incident, `Linked to ${incident.links?.ticket?.name}`);
}
