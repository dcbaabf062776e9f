import type { App, BlockAction, GlobalShortcut, ViewClosedAction } from '@slack/bolt';
import type { Actor, Command, Post } from '../kernel/command.ts';
import { type Asked, responseUrl, tell } from './asked.ts';
import { answerCallback } from './dialog-surface.ts';
import { type InView, ofPress, ofShortcut, type ViewPorts } from './in-view.ts';
import { fitPost } from './limits.ts';
import { commandHelpPost, helpPost, olderVersionPost, terminalOnlyPost, unknownPost } from './posts.ts';
import { buttonMeantBy, type Meant, meantBy, type Registry, shortcutMeantBy } from './registry.ts';
import { type Job, type RunPorts, runJob } from './run.ts';
import { slashCommand } from './scopes.ts';
import type { Seen } from './seen.ts';
import { plainText, splitWords, wordsOfMention } from './words.ts';

export interface RouterPorts<Services> extends RunPorts<Services>, ViewPorts {
  registry: Registry<Services>;
  seen: Seen;
  botUserId: string;
}

/** Everything Slack can ask of the bot. Each listener acknowledges first; all else comes after. */
export function route<S>(app: App, ports: RouterPorts<S>): void {
  const { registry, seen, work } = ports;
  // Made once: help is asked for most often of all, and never changes.
  const help = fitPost(helpPost(registry.commands), 'post');
  const sayAtOnce = (meant: Meant<S>) => saidAtOnce(meant, help);

  app.command(slashCommand, async ({ ack, body }) => {
    const words = splitWords(plainText(body.text ?? ''));
    const meant = meantBy(registry, words);
    const said = sayAtOnce(meant);
    const key = `command ${body.trigger_id}`;
    // Help has no other effect than its words, so it travels in the acknowledgement: no I/O at all.
    if (said) return ack(seen.firstHere(key) ? { response_type: 'ephemeral', ...said } : undefined);
    await ack();
    const asked: Asked = {
      by: 'command',
      user: body.user_id,
      channel: body.channel_id,
      threadTs: undefined,
      responseUrl: responseUrl(body.response_url),
      source: undefined,
    };
    onceOnly(key, 'a command', undefined, () => runMeant(meant, actorOf(body.user_id, body.user_name), asked, ports));
  });

  app.event('app_mention', async ({ event, body }) => {
    if (event.user === undefined || event.bot_id !== undefined || 'edited' in event) return;
    const asked: Asked = {
      by: 'mention',
      user: event.user,
      channel: event.channel,
      threadTs: event.thread_ts,
      responseUrl: undefined,
      source: undefined,
    };
    const meant = meantBy(registry, wordsOfMention(event.text, ports.botUserId));
    const said = sayAtOnce(meant);
    onceOnly(`event ${body.event_id}`, 'a mention', undefined, () =>
      said ? tell(ports.outgoing, asked, said) : runMeant(meant, actorOf(asked.user), asked, ports),
    );
  });

  app.action<BlockAction>({ type: 'block_actions' }, async ({ ack, body, action }) => {
    await ack();
    if (action.type === 'button' && action.url !== undefined) return;
    const meant = buttonMeantBy(registry, action.action_id);
    const actor = actorOf(body.user.id, body.user.username);
    const inPlace = meant.kind === 'run' && meant.button.inPlace === true;
    const view = ofPress(body, actor, inPlace, ports);
    const asked = { ...askedByButton(body), ...(view && { view }) };
    const pressed = [body.user.id, body.container.message_ts ?? body.view?.id, action.action_id, action.action_ts];
    onceOnly(`action ${body.trigger_id ?? pressed.join(' ')}`, 'a button', view, async () => {
      if (meant.kind === 'unknown') return tell(ports.outgoing, asked, olderVersionPost());
      const value = carriedBy(action);
      const { command, button } = meant;
      const run: Job<S>['run'] = (ctx) => button.run(ctx, value);
      const job = jobOf(command, { name: action.action_id, role: button.role, words: value, run });
      await runJob(job, actor, asked, ports);
    });
  });

  app.shortcut<GlobalShortcut>({ type: 'shortcut', callback_id: /./ }, async ({ ack, body }) => {
    await ack();
    const meant = shortcutMeantBy(registry, body.callback_id);
    const view = ofShortcut(body.trigger_id, meant?.shortcut ?? { label: 'Rounds', opening: 'One moment …' }, ports);
    const asked: Asked = {
      ...{ by: 'shortcut', user: body.user.id, channel: undefined, threadTs: undefined },
      ...{ responseUrl: undefined, source: undefined, view },
    };
    onceOnly(`shortcut ${body.trigger_id}`, 'a shortcut', view, async () => {
      if (!meant) return tell(ports.outgoing, asked, olderVersionPost());
      const { command, shortcut } = meant;
      const run: Job<S>['run'] = (ctx) => shortcut.run(ctx);
      const job = jobOf(command, { name: body.callback_id, role: shortcut.role, words: '', run });
      await runJob(job, actorOf(body.user.id, body.user.username), asked, ports);
    });
  });

  app.view<ViewClosedAction>({ type: 'view_closed', callback_id: answerCallback }, async ({ ack, view }) => {
    await ack();
    ports.dialogs.closed(view.id);
  });

  if (ports.home) {
    const { home } = ports;
    app.event('app_home_opened', async ({ event, body }) => {
      if (event.tab !== 'home') return;
      onceOnly(`event ${body.event_id}`, 'App Home', undefined, () => home.opened(actorOf(event.user)));
    });
  }

  /**
   * Begins the work of a delivery unless another replica, or this one, has begun it. What can't wait is done in a view before
   * that is known; Slack takes a trigger once, so whoever opened the dialog was the first.
   */
  function onceOnly(key: string, what: string, view: InView | undefined, run: () => Promise<void>): void {
    if (!work.open || !seen.firstHere(key)) {
      ports.log.debug({ key }, work.open ? 'delivered twice' : 'delivered too late');
      view?.drop();
      return;
    }
    const begun = view?.begin();
    work.start(what, async () => {
      const [isFirst, dialog] = await Promise.all([seen.confirmed(key), begun]);
      if (dialog === 'open' || (isFirst && dialog !== 'dropped')) await run().finally(() => view?.end());
      else {
        view?.drop();
        ports.log.debug({ key }, 'delivered twice');
      }
    });
  }
}

/** What needs no command to run: help, a typo. */
function saidAtOnce<S>(meant: Meant<S>, help: Post): Post | undefined {
  if (meant.kind === 'help') return meant.command ? fitPost(commandHelpPost(meant.command), 'post') : help;
  if (meant.kind === 'unknown') return unknownPost(meant.word, meant.nearest);
  if (meant.kind === 'terminal_only') return terminalOnlyPost(meant.command.name);
  return undefined;
}

async function runMeant<S>(meant: Meant<S>, actor: Actor, asked: Asked, ports: RouterPorts<S>): Promise<void> {
  if (meant.kind !== 'run') return;
  const { command, args } = meant;
  const run: Job<S>['run'] = (ctx) => command.run(ctx, args);
  const job = jobOf(command, { name: command.name, role: command.role, words: args.join(' '), run });
  await runJob(job, actor, asked, ports);
}

function jobOf<S>(command: Command<S>, job: Pick<Job<S>, 'name' | 'role' | 'words' | 'run'>): Job<S> {
  return { ...job, command: command.name, again: command.buttons?.again !== undefined };
}

function actorOf(userId: string, name?: string): Actor {
  return { id: `slack:${userId}`, name: name ?? userId, mention: `<@${userId}>` };
}

function askedByButton(body: BlockAction): Asked {
  const { container } = body;
  const ts: unknown = container.message_ts;
  const threadTs: unknown = container.thread_ts ?? body.message?.thread_ts;
  return {
    by: 'button',
    user: body.user.id,
    channel: body.channel?.id,
    threadTs: typeof threadTs === 'string' && threadTs !== ts ? threadTs : undefined,
    responseUrl: responseUrl(body.response_url),
    source: typeof ts === 'string' ? { ts, ephemeral: container.is_ephemeral === true } : undefined,
  };
}

function carriedBy(action: BlockAction['actions'][number]): string {
  if (action.type === 'button') return action.value ?? '';
  if (action.type === 'static_select' || action.type === 'overflow') return action.selected_option?.value ?? '';
  return '';
}
