import { defineCommand } from '../src/kernel/command.ts';
import type { Services } from '../src/services.ts';
import { askerOf, changed, which } from './incident/meant.ts';

export default defineCommand<Services>({
  name: 'unsubscribe',
  summary: 'Get no more direct messages of an incident',
  usage: '[INC]',
  examples: ['unsubscribe INC-42'],
  role: 'viewer',
  faces: ['slack'],
  async run(ctx, [word]) {
    const { id } = await which(ctx, word);
    const { kind, incident } = await ctx.services.incidents.subscriptions.unsubscribe(askerOf(ctx), id);
    return changed(incident, kind === 'unsubscribed' ? 'You get no more of it' : 'You did not get it', 'asker');
  },
});
