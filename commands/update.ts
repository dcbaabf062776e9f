import { type Incident, nameOf } from '../src/incidents/model.ts';
import { readUpdate, updateFields } from '../src/incidents/updates/form.ts';
import type { Written } from '../src/incidents/updates/model.ts';
import { rhythmOf } from '../src/incidents/updates/plan.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { defineForm, type FormFilling } from '../src/kernel/form.ts';
import type { Services } from '../src/services.ts';
import { askerOf, named, which } from './incident/meant.ts';
import { asked, line, list, said, snooze, stop, unchanged } from './update/words.ts';

const usage = '[INC] [WHAT | no change | snooze MINUTES | stop | list]';

export default defineCommand<Services>({
  name: 'update',
  summary:
    'Tell how an incident stands, to its channel and to all who subscribed; put off or stop the reminder: takes responder',
  usage,
  examples: ['update', 'update INC-42 we rolled back', 'update no change', 'update snooze 10', 'update list'],
  role: 'viewer',
  run(ctx, args) {
    const [word, text] = named(args);
    const [sub = '', ...rest] = text.split(' ').filter(Boolean);
    const quiet = /^snooze( \d+m?)?$/i.exec(text) !== null;
    if (quiet) return snooze(ctx, word, rest[0]);
    if (/^no change$/i.test(text)) return unchanged(ctx, word);
    if (/^stop$/i.test(text)) return stop(ctx, word);
    if (/^list$/i.test(text)) return list(ctx, word);
    if (sub.startsWith('-'))
      throw new OpsError('invalid', `There is no option ${sub}`, { hint: `usage: update ${usage}` });
    return text === '' ? asked(ctx, word) : line(ctx, word, text);
  },
  opens: (args) => {
    const [word, text] = named(args);
    return text === '' ? { form: 'write', value: word ?? '' } : undefined;
  },
  forms: {
    write: defineForm<Services, Omit<Written, 'key' | 'id'>>({
      ...{ title: 'Update of an incident', button: 'Tell everybody', keyed: true, role: 'responder' },
      summary: 'Writes the next update of an incident, beginning with what the last one said',
      open: () => updateFields({ last: undefined, everyMs: undefined, mitigated: false }),
      async fill({ services, actor, given }) {
        const incident = await meant({ services, actor, given });
        if (incident.resolved)
          throw new OpsError('invalid', `${nameOf(incident)} is over`, { hint: 'Reopen it first' });
        const severity = services.severities.find(({ id }) => id === incident.severity);
        const last = await services.incidents.updates.lastNews(incident.id);
        const begun = { last, everyMs: rhythmOf(severity, incident), mitigated: incident.mitigated !== undefined };
        return { items: updateFields(begun), value: String(incident.id) };
      },
      read: readUpdate,
      async submit(ctx, parsed) {
        // One that they may not see, or do not any more, is not there.
        const { id } = await which(ctx, ctx.given.value);
        const written = { ...parsed, id, key: `view:${ctx.key}` };
        return said(ctx, await ctx.services.incidents.updates.write(askerOf(ctx), written), 'asker');
      },
    }),
  },
  buttons: {
    unchanged: {
      summary: 'Tells everybody that nothing has changed, as the next update',
      role: 'responder',
      run: (ctx, value) => {
        const [id, n] = value.split('.');
        return unchanged(ctx, id, n, 'thread');
      },
    },
    snooze: {
      summary: 'Puts the reminder off by 5 minutes',
      role: 'responder',
      run: (ctx, id) => snooze(ctx, id, undefined, 'thread'),
    },
    stop: {
      summary: 'Stops the reminders until the next update is written',
      role: 'responder',
      run: (ctx, id) => stop(ctx, id, 'thread'),
    },
  },
});

function meant({
  services,
  actor,
  given,
}: Pick<FormFilling<Services>, 'services' | 'actor' | 'given'>): Promise<Incident> {
  return services.incidents.which({ word: given.value, channel: given.from?.channel, viewer: actor });
}
