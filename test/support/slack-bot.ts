import { once } from 'node:events';
import type { Workspace } from '../../src/workspace/workspace.ts';
import { type BotHome, type RunningBot, startBotProcess } from './bot.ts';

/** Variables that connect a bot to a workspace over Socket Mode. */
export function socketMode(workspace: Workspace): NodeJS.ProcessEnv {
  return { SLACK_BOT_TOKEN: workspace.botToken, SLACK_APP_TOKEN: workspace.appToken, SLACK_API_URL: workspace.apiUrl };
}

/** Starts a bot in HTTP mode and points the workspace at it. */
export async function startHttpBot(home: BotHome, workspace: Workspace): Promise<RunningBot> {
  const signingSecret = 'e2e-signing-secret';
  const bot = await startBotProcess(home, {
    SLACK_BOT_TOKEN: workspace.botToken,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: workspace.apiUrl,
  });
  workspace.connectHttp({ url: `http://127.0.0.1:${bot.port}/slack/events`, signingSecret });
  return bot;
}

/** Types `/ops health` and waits for the message's last edit: the one with buttons. */
export async function askHealth(workspace: Workspace, line = '/ops health') {
  const before = workspace.messages('#ops').length;
  const outcome = await workspace.user('anna').command('#ops', line);
  const answer = () =>
    workspace
      .messages('#ops')
      .slice(before)
      .find((message) => message.thread_ts === undefined);
  const message = await workspace.waitFor(
    () => {
      const found = answer();
      return found?.blocks.some((block) => block.type === 'actions') ? found : undefined;
    },
    { timeoutMs: 20_000, what: 'the finished answer' },
  );
  return { outcome, message };
}

/** The text that people read in a message: all of its blocks, in order. */
export function shownText(message: { blocks: unknown }): string {
  const texts: string[] = [];
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'text' && typeof inner === 'string') texts.push(inner);
      else walk(inner);
    }
  };
  walk(message.blocks);
  return texts.join('\n');
}

/** Resolves when a process has ended. */
export async function ended(bot: RunningBot): Promise<void> {
  if (bot.child.exitCode === null && bot.child.signalCode === null) await once(bot.child, 'close');
}

/** The topmost dialog of somebody with this text in it, waited for. */
export function dialog(workspace: Workspace, user: string, text: string) {
  return workspace.waitFor(
    () => {
      const top = workspace.views(user).at(-1);
      return top && shownText(top).includes(text) ? top : undefined;
    },
    { what: `a dialog of ${user} with "${text}"` },
  );
}
