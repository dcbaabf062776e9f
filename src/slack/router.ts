import type { App, BlockAction, ViewClosedAction, ViewSubmitAction } from '@slack/bolt';
import type { Actor, Post } from '../kernel/command.ts';
import { type Asked, actorOf, responseUrl, tell } from './asked.ts';
import { answerCallback } from './dialog-surface.ts';
import { openForm, tellNotOpened } from './forms.ts';
import { givenWords } from './given.ts';
import { routeHearing } from './hearing.ts';
import { formPlace, ofPress } from './in-view.ts';
import { fitPost } from './limits.ts';
import { createOnce } from './once.ts';
import { commandHelpPost, helpPost, olderVersionPost, terminalOnlyPost, unknownPost } from './posts.ts';
import { buttonMeantBy, formOf, type Meant, type MeantForm, meantBy } from './registry.ts';
import { type Job, jobOf, runJob } from './run.ts';
import { slashCommand } from './scopes.ts';
import { routeShortcuts } from './shortcuts.ts';
import { type SubmissionPorts, submitted } from './submission.ts';
import { plainText, splitWords, wordsOfMention } from './words.ts';

export interface RouterPorts<Services> extends SubmissionPorts<Services> {
  botUserId: string;
}

/** Everything Slack can ask of the bot. Each listener acknowledges first; all else comes after. */
export function route<S>(app: App, ports: RouterPorts<S>): void {
  const { registry, seen } = ports;
  // Made once: help is asked for most often of all, and never changes.
  const help = fitPost(helpPost(registry.commands), 'post');
  const onceOnly = createOnce(ports);
  const sayAtOnce = (meant: Meant<S>) => saidAtOnce(meant, help);

  app.command(slashCommand, async ({ ack, body }) => {
    const words = splitWords(plainText(body.text ?? ''));
    const meant = meantBy(registry, words);
    const said = sayAtOnce(meant);
    const key = `command ${body.trigger_id}`;
    // Help has no other effect than its words, so it travels in the acknowledgement: no I/O at all.
    if (said) return ack(seen.firstHere(key) ? { response_type: 'ephemeral', ...said } : undefined);
    await ack();
    const actor = actorOf(body.user_id, body.user_name);
    const asked: Asked = {
      by: 'command',
      user: body.user_id,
      key,
      channel: body.channel_id,
      threadTs: undefined,
      responseUrl: responseUrl(body.response_url),
      source: undefined,
    };
    const run = () => runMeant(meant, actor, asked, ports);
    const opens = formOfWords(meant);
    if (!opens) return onceOnly(key, 'a command', undefined, run);
    const given = { value: givenWords(opens.value ?? ''), from: { channel: body.channel_id } };
    const place = { kind: 'open', triggerId: body.trigger_id } as const;
    openForm(opens.form, { key, actor, place, given, instead: run }, ports);
  });

  app.event('app_mention', async ({ event, body }) => {
    if (event.user === undefined || event.bot_id !== undefined || 'edited' in event) return;
    const asked: Asked = {
      by: 'mention',
      user: event.user,
      key: `event ${body.event_id}`,
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
    if (meant.kind === 'form') {
      view?.drop();
      return pressedForm(meant, body, asked, ports);
    }
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

  routeShortcuts(app, ports, onceOnly);

  app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: /./ }, async ({ ack, body, view }) => {
    const { id, name } = body.user;
    await submitted({ view, user: id, actor: actorOf(id, name), ack }, ports);
  });

  app.view<ViewClosedAction>({ type: 'view_closed', callback_id: answerCallback }, async ({ ack, view }) => {
    await ack();
    ports.dialogs.closed(view.id);
  });

  routeHearing(app, ports, onceOnly);

  if (ports.home) {
    const { home } = ports;
    app.event('app_home_opened', async ({ event, body }) => {
      if (event.tab !== 'home') return;
      onceOnly(`event ${body.event_id}`, 'App Home', undefined, () => home.opened(actorOf(event.user)));
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

/** The form that these words open instead of being run. */
function formOfWords<S>(meant: Meant<S>): { form: MeantForm<S>; value?: string } | undefined {
  if (meant.kind !== 'run') return undefined;
  const { command, args } = meant;
  const opens = command.opens?.(args);
  return opens && { ...opens, form: formOf(command, opens.form) };
}

function pressedForm<S>(meant: MeantForm<S>, body: BlockAction, asked: Asked, ports: RouterPorts<S>): void {
  const { channel, threadTs, source } = asked;
  const ts = source && !source.ephemeral ? { ts: source.ts } : {};
  const from = channel === undefined ? {} : { from: { channel, ...(threadTs !== undefined && { threadTs }), ...ts } };
  const actor = actorOf(body.user.id, body.user.username);
  const [action] = body.actions;
  const given = { value: action ? carriedBy(action) : '', ...from };
  const instead = () => tellNotOpened(meant, asked, ports);
  openForm(meant, { key: `action ${body.trigger_id}`, actor, place: formPlace(body), given, instead }, ports);
}

async function runMeant<S>(meant: Meant<S>, actor: Actor, asked: Asked, ports: RouterPorts<S>): Promise<void> {
  if (meant.kind !== 'run') return;
  const { command, args } = meant;
  const run: Job<S>['run'] = (ctx) => command.run(ctx, args);
  const words = args.join(' ');
  const job = { ...jobOf(command, { name: command.name, role: command.role, words, run }), typed: true as const };
  await runJob(job, actor, asked, ports);
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
