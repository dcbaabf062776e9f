import { type Incident, nameOf } from '../src/incidents/model.ts';
import { headOf } from '../src/incidents/views/message.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import type { Services } from '../src/services.ts';
import { askerOf, type Context, changed, which } from './incident/meant.ts';

export default defineCommand<Services>({
  name: 'subscribe',
  summary: 'Get each update of an incident, and how it ends, as a direct message; list what you get',
  usage: '[INC | list]',
  examples: ['subscribe', 'subscribe INC-42', 'subscribe list'],
  role: 'viewer',
  faces: ['slack'],
  run: (ctx, [word]) => (word?.toLowerCase() === 'list' ? list(ctx) : subscribe(ctx, word)),
  buttons: {
    on: {
      summary: 'Subscribes to the incident',
      role: 'viewer',
      run: (ctx, id) => subscribe(ctx, id),
    },
    off: {
      summary: 'Ends the subscription to the incident',
      role: 'viewer',
      run: async (ctx, id) => {
        const { kind } = await ctx.services.incidents.subscriptions.unsubscribe(askerOf(ctx), Number(id));
        // Without its title: they may be in it no more.
        const said = kind === 'unsubscribed' ? 'You get no more of' : 'You did not get';
        const text = `${said} ${nameOf({ id: Number(id) })}`;
        const slack = () => ({ text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] });
        return { place: 'asker', slack, terminal: () => text };
      },
    },
  },
});

async function subscribe(ctx: Context, word: string | undefined): Promise<Reply> {
  const { id } = await which(ctx, word);
  const { kind, incident } = await ctx.services.incidents.subscriptions.subscribe(askerOf(ctx), id);
  const said = kind === 'subscribed' ? 'You get each update as a direct message' : 'You get each update already';
  return changed(incident, said, 'asker');
}

async function list({ services, actor }: Context): Promise<Reply> {
  const mine = await services.incidents.subscriptions.mine(actor);
  const head = mine.length === 0 ? 'You are subscribed to no incident' : 'You get each update of';
  const line = (incident: Incident) => `${nameOf(incident)} ${incident.label}: ${incident.title}`;
  return {
    place: 'asker',
    slack: () => ({
      text: head,
      blocks: [`*${head}*`, ...mine.map((incident) => headOf(incident))].map((text) => ({
        type: 'section',
        text: { type: 'mrkdwn', text },
      })),
    }),
    terminal: () => [head, ...mine.map(line)].join('\n'),
  };
}
