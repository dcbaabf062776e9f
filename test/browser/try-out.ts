import { type BotHome, type RunningBot, startBotProcess } from '../support/bot.ts';
import { makeTryOutHome } from '../support/try-out-home.ts';

export interface TryOut {
  url: string;
  home: BotHome;
  /** Ends the bot and starts it again in the same folder; `url` is another one then. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** What a newcomer gets by `npm start`, in a folder of its own. */
export async function startTryOut(): Promise<TryOut> {
  const home = await makeTryOutHome();
  let bot = await startBotProcess(home);
  let url = await urlOf(bot);
  return {
    home,
    get url() {
      return url;
    },
    async restart() {
      await bot.stop();
      bot = await startBotProcess(home);
      url = await urlOf(bot);
    },
    async stop() {
      await bot.stop();
      await home.remove();
    },
  };
}

async function urlOf(bot: RunningBot): Promise<string> {
  const line = await bot.logged(({ msg }) => msg.startsWith('open http'));
  return /http:\S+/.exec(line.msg)?.[0] ?? '';
}
