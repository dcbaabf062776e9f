import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach } from 'vitest';
import { systemClock } from '../../../src/kernel/clock.ts';
import type { Command, Post, Reply, Role } from '../../../src/kernel/command.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import { connectSlack, type SlackAccess, type SlackOptions } from '../../../src/slack/connect.ts';
import type { Store } from '../../../src/store/store.ts';
import { startWeb } from '../../../src/web/server.ts';
import { startWorkspace, type Workspace, type WorkspaceOptions } from '../../../src/workspace/workspace.ts';
import { viewersOnly } from '../../support/access.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

/** What the made-up commands tell a test, and what it tells them. */
export class Script {
  /** How often each command or button ran, with its words. */
  ran: string[] = [];
  /** Replies of `/ops slow`, given by the test; an error is thrown, `end` ends it. */
  feed: (Reply | Error | 'end')[] = [];
  aborted = false;
  private wake = Promise.withResolvers<void>();

  push(...items: (Reply | Error | 'end')[]): void {
    this.feed.push(...items);
    this.wake.resolve();
  }

  async *stream(signal: AbortSignal): AsyncGenerator<Reply> {
    signal.addEventListener('abort', () => {
      this.aborted = true;
      this.wake.resolve();
    });
    for (;;) {
      const item = this.feed.shift();
      if (item === 'end' || this.aborted) return;
      if (item instanceof Error) throw item;
      if (item) yield item;
      else {
        this.wake = Promise.withResolvers();
        await this.wake.promise;
      }
    }
  }
}

export function section(text: string): Post {
  return { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] };
}

export function reply(text: string, place: Reply['place'] = 'channel', rest: Partial<Reply> = {}): Reply {
  return { place, slack: () => section(text), terminal: () => text, ...rest };
}

function withButtons(text: string): Post {
  const button = (id: string) => ({
    type: 'button',
    action_id: id,
    text: { type: 'plain_text', text: id },
    value: 'v<1>',
  });
  const elements = ['slow.again', 'slow.note', 'slow.whisper', 'slow.gone', 'slow.page'].map(button);
  const link = {
    type: 'button',
    action_id: 'slow.link',
    text: { type: 'plain_text', text: 'Open' },
    url: 'https://x.example/',
  };
  return { text, blocks: [...section(text).blocks, { type: 'actions', elements: [...elements, link] }] };
}

/** Commands made up for the tests. */
function madeUp(script: Script): Command<Script>[] {
  const command = (
    name: string,
    run: Command<Script>['run'],
    rest: Partial<Command<Script>> = {},
  ): Command<Script> => ({
    name,
    summary: `does ${name}`,
    usage: '[WORD]',
    examples: [`/ops ${name}`],
    role: 'viewer',
    run,
    ...rest,
  });
  const button = (name: string, place: Reply['place'], role: Role = 'viewer') => ({
    role,
    run: async (_: unknown, value: string) => {
      script.ran.push(`${name} ${value}`);
      return reply(`${name} by button`, place);
    },
  });
  return [
    command('echo', async (_, args) => {
      script.ran.push(['echo', ...args].join(' '));
      return { ...reply(''), slack: () => withButtons(`echo ${args.join('|')}`) };
    }),
    command('table', async () => reply('short', 'channel', { thread: () => [section('row 1'), section('row 2')] })),
    command('quiet', async () => ({ ...reply('', 'asker'), slack: () => withButtons('quiet words') })),
    command('whisper', async () => reply('only for you', 'asker')),
    command(
      'slow',
      (ctx, args) => {
        script.ran.push(['slow', ...args].join(' '));
        return script.stream(ctx.signal);
      },
      {
        buttons: {
          again: { ...button('again', 'source'), inPlace: true },
          note: button('note', 'thread'),
          whisper: button('whisper', 'asker'),
          page: button('page', 'channel', 'operator'),
          fails: {
            role: 'viewer',
            run: async () => {
              throw new OpsError('conflict', 'it is done already');
            },
          },
          stream: { role: 'viewer', run: (ctx) => script.stream(ctx.signal) },
          refresh: { role: 'viewer', inPlace: true, run: (ctx) => script.stream(ctx.signal) },
        },
        shortcuts: {
          now: {
            ...{ label: 'Check the systems', summary: 'checks', kind: 'global', role: 'viewer' },
            opening: 'Checking …',
            run: (ctx) => {
              script.ran.push('now');
              return script.stream(ctx.signal);
            },
          },
          change: {
            ...{ label: 'Change it', summary: 'changes', kind: 'global', role: 'operator' },
            opening: 'Changing …',
            run: async () => reply('changed'),
          },
        },
      },
    ),
    command('oops', async () => {
      throw new OpsError('not_found', 'no check named <!channel>', { hint: 'ask `/ops help`' });
    }),
    command('away', async () => {
      throw new Error('Connection terminated unexpectedly');
    }),
    command('boom', async () => {
      throw new Error('secret detail');
    }),
    command('page', async () => reply('paged'), { role: 'operator' }),
    command('local', async () => reply('local'), { faces: ['terminal'] }),
  ];
}

export const signingSecret = 'a-signing-secret-of-the-tests';
const open: (() => Promise<unknown>)[] = [];
let store: Promise<Store> | undefined;

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(async () => (await store)?.close());

export function closeLater(close: () => Promise<unknown>): void {
  open.push(close);
}

/** One store a test file. */
export function sharedStore(): Promise<Store> {
  store ??= embeddedStore();
  return store;
}

export async function workspaceOf(options: WorkspaceOptions = {}): Promise<Workspace> {
  const workspace = await startWorkspace(options);
  closeLater(() => workspace.close());
  return workspace;
}

export interface BotOptions extends Partial<Omit<SlackOptions<Script>, 'slack' | 'services'>> {
  slack?: Partial<SlackAccess>;
}

/** A bot with the made-up commands, connected and started. */
export async function botOf(workspace: Workspace, kind: 'http' | 'socket', options: BotOptions = {}) {
  const script = new Script();
  const log = memoryLog();
  const fatal: OpsError[] = [];
  const firstFatal = Promise.withResolvers<OpsError>();
  const { botToken, appToken, apiUrl } = workspace;
  const connection = await connectSlack<Script>({
    commands: madeUp(script),
    services: script,
    store: await sharedStore(),
    clock: systemClock,
    log,
    onFatal: (error) => {
      fatal.push(error);
      firstFatal.resolve(error);
    },
    access: () => viewersOnly,
    graceMs: 200,
    ...options,
    slack: { kind, botToken, appToken, apiUrl, signingSecret, ...options.slack },
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= connection.stop();
    return stopped;
  };
  closeLater(stop);
  await connection.start();
  const url = kind === 'http' ? await serve(connection.requestListener!) : undefined;
  if (url) workspace.connectHttp({ url, signingSecret });
  return { ...connection, stop, script, log, fatal, firstFatal: firstFatal.promise, url };
}

async function serve(
  listener: NonNullable<Awaited<ReturnType<typeof connectSlack>>['requestListener']>,
): Promise<string> {
  const server = await startWeb({ host: '127.0.0.1', port: 0, log: memoryLog(), routes: {}, slackEvents: listener });
  closeLater(() => server.close());
  return `http://127.0.0.1:${server.port}/slack/events`;
}

/** An address on which nothing listens. */
export async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** The bot's first message in a channel with this text in it, waited for. */
export function posted(workspace: Workspace, channel: string, text: string) {
  return workspace.waitFor(
    () => workspace.messages(channel).find((message) => message.bot_id && shows(message, text)),
    {
      what: `"${text}" in ${channel}`,
    },
  );
}

export function told(workspace: Workspace, user: string, text: string) {
  return workspace.waitFor(() => workspace.ephemerals(user).find((message) => shows(message, text)), {
    what: `"${text}" to ${user}`,
  });
}

export function shows(message: { text: string; blocks: unknown[] }, text: string): boolean {
  return JSON.stringify([message.text, message.blocks]).includes(text);
}
