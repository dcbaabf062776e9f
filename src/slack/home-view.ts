import type { Post, SlackBlock } from '../kernel/command.ts';
import type { HomePart } from '../kernel/home.ts';
import { fitViewBlocks } from './limits.ts';

/** What App Home shows, before it is a view. */
export interface HomeContent {
  blocks: SlackBlock[];
  /** When what it shows was found out; undefined = nothing that gets old. */
  asOf: Date | undefined;
  /** Behind how many blocks that is said: below the head that it is true of. Default: the first. */
  asOfBehind?: number;
}

/** One page of all sections' parts, in their order: heads, what is mine, the board. Pure. */
export function composeHome(parts: readonly HomePart[]): HomeContent {
  const mine = parts.flatMap((part) => part.mine ?? []);
  const nothing = parts.flatMap((part) => (part.mine?.length || !part.nothingMine ? [] : [part.nothingMine]));
  const board = parts.flatMap((part) => part.board ?? []);
  const isOwn = mine.length + nothing.length > 0;
  const asOf = parts.flatMap((part) => part.asOf ?? []).toSorted((a, b) => a.getTime() - b.getTime())[0];
  const aged = parts.findIndex((part) => part.asOf !== undefined);
  const above = parts.slice(0, Math.max(0, aged)).flatMap((part) => part.head ?? []).length;
  return {
    blocks: [
      ...parts.flatMap((part) => part.head ?? []),
      ...(isOwn ? [header('Yours')] : []),
      ...mine,
      ...nothing.map(context),
      ...(board.length > 0 ? [header('All systems'), ...board] : []),
    ],
    asOf,
    asOfBehind: above + 1,
  };
}

/**
 * The view itself. `notice` stands on top. When it was found out stands below, and until when the page follows, both as
 * times: whatever becomes of the bot, a page that nobody refreshes any more must not say "just now".
 */
export function homeView(
  { blocks, asOf, asOfBehind = 1 }: HomeContent,
  { followsUntil, notice }: { followsUntil: Date | undefined; notice?: Post | undefined },
): Record<string, unknown> {
  const head = blocks.slice(0, asOfBehind);
  return {
    type: 'home',
    blocks: fitViewBlocks([
      ...(notice ? [...notice.blocks, { type: 'divider' }] : []),
      ...head,
      ...(asOf ? [context(ageLine(asOf, followsUntil))] : []),
      ...blocks.slice(asOfBehind),
    ]),
  };
}

function ageLine(asOf: Date, followsUntil: Date | undefined): string {
  const at = slackDate(asOf, '{date_short_pretty} {time}');
  if (!followsUntil) return `As of ${at}. This page has stopped following: open it again, or press *Run again*.`;
  const until = slackDate(followsUntil, '{time}');
  return `As of ${at}. Follows what is measured until ${until}; after that open it again, or press *Run again*.`;
}

function slackDate(at: Date, format: string): string {
  return `<!date^${Math.floor(at.getTime() / 1_000)}^${format}|${utc(at)}>`;
}

function utc(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function header(text: string): SlackBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: true } };
}

function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}
