import { nameOf } from '../src/incidents/model.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { slackLink } from '../src/kernel/escape.ts';
import type { Services } from '../src/services.ts';
import { askerOf, type Context, changed, which } from './incident/meant.ts';
import { wordAndUrl } from './incident/word-and-url.ts';

export default defineCommand<Services>({
  name: 'bridge',
  summary: 'Show or set the link to the call in which people of an incident meet: takes responder',
  usage: '[INC] [URL | none]',
  examples: ['bridge', 'bridge INC-42 https://meet.example.com/ops', 'bridge none'],
  role: 'responder',
  async run(ctx, args) {
    const { word, url } = wordAndUrl(args);
    const { id } = await which(ctx, word);
    if (url === undefined) return show(ctx, id);
    const given = url.toLowerCase() === 'none' ? undefined : url;
    const { incident } = await ctx.services.incidents.links.setBridge(askerOf(ctx), { id, url: given });
    return changed(incident, given === undefined ? 'It has no bridge' : 'The bridge is set');
  },
});

async function show(ctx: Context, id: number): Promise<Reply> {
  const { incident } = await ctx.services.incidents.show(id);
  const url = incident.links?.bridge?.url;
  const name = nameOf(incident);
  const text =
    url === undefined ? `${name} has no bridge: \`/ops bridge ${name} URL\`` : slackLink(url, `Join ${name}`);
  return {
    place: 'asker',
    slack: () => ({ text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] }),
    terminal: () => url ?? 'No bridge',
    json: () => incident,
  };
}
