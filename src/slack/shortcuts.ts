import type { App, GlobalShortcut, MessageShortcut } from '@slack/bolt';
import type { Given } from '../kernel/form.ts';
import { type Asked, actorOf, responseUrl, tell } from './asked.ts';
import { type FormPorts, openForm, tellNotOpened } from './forms.ts';
import { givenMessage } from './given.ts';
import { ofShortcut } from './in-view.ts';
import type { Once } from './once.ts';
import { olderVersionPost } from './posts.ts';
import { formOf, type Registry, shortcutMeantBy } from './registry.ts';
import { type Job, jobOf, runJob } from './run.ts';

/** What people start from Slack's own menus: anywhere, or on a message. */
export function routeShortcuts<S>(app: App, ports: FormPorts<S> & { registry: Registry<S> }, once: Once): void {
  app.shortcut<GlobalShortcut>({ type: 'shortcut', callback_id: /./ }, async ({ ack, body }) => {
    await ack();
    const asked = { ...whence, user: body.user.id, channel: undefined, responseUrl: undefined };
    begin({ body, name: body.user.username, given: { value: '' }, asked });
  });

  app.shortcut<MessageShortcut>({ type: 'message_action', callback_id: /./ }, async ({ ack, body }) => {
    await ack();
    const channel = body.channel.id;
    const message = givenMessage(channel, body.message);
    const thread = message.threadTs === undefined ? {} : { threadTs: message.threadTs };
    const given = { value: '', from: { channel, ...thread, ts: message.ts }, message };
    const asked = { ...whence, user: body.user.id, channel, responseUrl: responseUrl(body.response_url) };
    begin({ body, name: body.user.username ?? body.user.name, given, asked });
  });

  const whence = { by: 'shortcut', threadTs: undefined, source: undefined } as const;

  function begin({ body, name, given, asked }: Begin): void {
    const { callback_id: id, trigger_id: triggerId } = body;
    const actor = actorOf(asked.user, name);
    const key = `shortcut ${triggerId}`;
    const found = shortcutMeantBy(ports.registry, id);
    const meant = found?.shortcut.kind === (given.message ? 'message' : 'global') ? found : undefined;
    if (meant && 'form' in meant.shortcut) {
      const form = formOf(meant.command, meant.shortcut.form);
      const instead = () => tellNotOpened(form, asked, ports);
      openForm(form, { key, actor, place: { kind: 'open', triggerId }, given, instead }, ports);
      return;
    }
    const shortcut = meant?.shortcut && 'run' in meant.shortcut ? meant.shortcut : undefined;
    const view = ofShortcut(triggerId, shortcut ?? { label: 'Rounds', opening: 'One moment …' }, ports);
    const inView = { ...asked, view };
    once(key, 'a shortcut', view, async () => {
      if (!meant || !shortcut) return tell(ports.outgoing, inView, olderVersionPost());
      const { command } = meant;
      const run: Job<S>['run'] = (ctx) => shortcut.run(ctx, given);
      const job = jobOf(command, { name: id, role: shortcut.role, words: '', run });
      await runJob(job, actor, inView, ports);
    });
  }
}

interface Begin {
  body: { callback_id: string; trigger_id: string };
  name: string | undefined;
  given: Given;
  asked: Asked;
}
