import type { CommandContext, SlackBlock } from './command.ts';

/** What a section of App Home is given; `ctx.actor` is whoever looks. */
export interface HomeContext<Services> extends CommandContext<Services> {
  /**
   * Whether an owner as ops.yml names them (`@platform`, `@anna`, `U012…`) is whoever looks, or a user group they are in.
   * Rejects with PortError when Slack doesn't tell.
   */
  isMine(owner: string): Promise<boolean>;
}

/** What a section shows, as blocks that are escaped already. Buttons are those of commands: `<command>.<button>`. */
export interface HomePart {
  /** On top of the page: the verdict. A block or two. */
  head?: SlackBlock[];
  /** What is theirs; at most 30 blocks. */
  mine?: SlackBlock[];
  /** One line that says why nothing is theirs; shown where `mine` is empty. */
  nothingMine?: string;
  /** How things are; at most 60 blocks. */
  board?: SlackBlock[];
  /** When what it shows was found out. */
  asOf?: Date;
}

/** A section of App Home; the default export of a file in `src/home/`. It reads what is known and measures nothing. */
export interface HomeSection<Services> {
  name: string;
  /** Lower ones come first, in the head, in what is mine and on the board. */
  order: number;
  /** What it throws is said in its place; the other sections are shown. */
  part(ctx: HomeContext<Services>): Promise<HomePart>;
}

/** Declares a section of App Home. */
export function defineHomeSection<Services>(section: HomeSection<Services>): HomeSection<Services> {
  return section;
}
