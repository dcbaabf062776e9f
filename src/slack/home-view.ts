import type { Post, SlackBlock } from '../kernel/command.ts';
import type { HomePart } from '../kernel/home.ts';
import { fitViewBlocks } from './limits.ts';

/** What App Home shows, before it is a view. */
export interface HomeContent {
  blocks: SlackBlock[];
  /** When what it shows was found out; undefined = nothing that gets old. */
  asOf: Date | undefined;
}

/** One page of all sections' parts, in their order: heads, what is mine, the board. Pure. */
export function composeHome(parts: readonly HomePart[]): HomeContent {
  const mine = parts.flatMap((part) => part.mine ?? []);
  const nothing = parts.flatMap((part) => (part.mine?.length || !part.nothingMine ? [] : [part.nothingMine]));
  const board = parts.flatMap((part) => part.board ?? []);
  const isOwn = mine.length + nothing.length > 0;
  const asOf = parts.flatMap((part) => part.asOf ?? []).toSorted((a, b) => a.getTime() - b.getTime())[0];
  return {
    blocks: [
      ...parts.flatMap((part) => part.head ?? []),
      ...(isOwn ? [header('Yours')] : []),
      ...mine,
      ...nothing.map(context),
      ...(board.length > 0 ? [header('All systems'), ...board] : []),
    ],
    asOf,
  };
}

/**
 * The view itself. `notice` stands on top. How old it is stands below, with the words that say whether the page follows:
 * a page that nobody refreshes any more must not say "just now".
 */
export function homeView(
  { blocks, asOf }: HomeContent,
  { now, follows, notice }: { now: Date; follows: boolean; notice?: Post | undefined },
): Record<string, unknown> {
  const head = blocks.slice(0, 1);
  return {
    type: 'home',
    blocks: fitViewBlocks([
      ...(notice ? [...notice.blocks, { type: 'divider' }] : []),
      ...head,
      ...(asOf ? [context(ageLine(asOf, now, follows))] : []),
      ...blocks.slice(1),
    ]),
  };
}

function ageLine(asOf: Date, now: Date, follows: boolean): string {
  const at = `<!date^${Math.floor(asOf.getTime() / 1_000)}^{date_short_pretty} {time}|${utc(asOf)}>`;
  if (!follows) return `As of ${at}. This page has stopped following: open it again, or press *Run again*.`;
  return `As of ${at} (${ageOf(asOf, now)}). Follows what is measured while you look.`;
}

function ageOf(at: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 120) return `${minutes} min ago`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / 1_440)} d ago`;
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
