import type { Permissions } from './access.ts';
import type { Clock } from './clock.ts';
import type { OpsError } from './errors.ts';
import type { Form, Given } from './form.ts';
import type { Log } from './log.ts';

export type Role = 'viewer' | 'responder' | 'operator' | 'approver' | 'admin';

/** Who asks. `id` is `slack:U123` or `os:anna`; `mention` is how a message names them. */
export interface Actor {
  id: string;
  name: string;
  mention: string;
}

/** A Slack message body: blocks within Slack's limits, and the text for notifications. Both are already escaped. */
export interface Post {
  text: string;
  blocks: SlackBlock[];
}

/** A Block Kit block; `src/slack/limits.ts` cuts it to Slack's limits before it leaves. */
export type SlackBlock = { type: string; block_id?: string } & Record<string, unknown>;

/** How a terminal prints: colour only on a TTY, times in `zone`. */
export interface TerminalStyle {
  colour: boolean;
  width: number;
  zone: string;
}

/** 0 ok, 1 warn, 2 fail, 3 unknown, stale, usage or config error. */
export type ExitCode = 0 | 1 | 2 | 3;

/**
 * An answer to a person. A command that gets better answers over time yields several; each replaces the one before.
 * `place`: `channel` = a message everyone sees, edited in place; `asker` = only the asker sees it;
 * `thread` = under the message whose button was pressed; `source` = replaces the message whose button was pressed.
 */
export interface Reply {
  place: 'channel' | 'asker' | 'thread' | 'source';
  slack: () => Post;
  terminal: (style: TerminalStyle) => string;
  json?: () => unknown;
  exitCode?: ExitCode;
  /** Not the final answer yet: a better one follows, unless the asker gives up. */
  partial?: boolean;
  /** Posted once, below the final answer, in its thread. */
  thread?: () => Post[];
  /** Shown once, last of all in the thread of the final answer, which never depends on them. */
  pictures?: Pictures;
  /** As `pictures`: files that somebody asked for; when there are none they are told why. */
  files?: () => Promise<TextFile[]>;
}

/** Pictures of an answer in Slack. `asked`: somebody asked for them, so they are told when there are none, and why. */
export interface Pictures {
  asked: boolean;
  /** OpsErrors say why there is no picture. */
  draw(): Promise<Picture[]>;
}

/** A picture as a file. Texts are plain; they are redacted and cut before they leave. */
export interface Picture {
  /** Of the file: `api-24h.png`. */
  name: string;
  title: string;
  /** Says in words what the picture shows, for those who can't see it. */
  alt: string;
  png: Uint8Array;
}

/** A text as a file; redacted and cut as pictures are. */
export interface TextFile {
  /** Its text is redacted already, and must not change: its hash was told. */
  asItIs?: true;
  /** `inc-42-postmortem.md` */
  name: string;
  title: string;
  text: string;
}

export type Replies = Promise<Reply> | AsyncIterable<Reply>;

/** What a command is given: `may` and `require` ask for a higher role than its own, for a sub-command. */
export interface CommandContext<Services> extends Permissions {
  services: Services;
  actor: Actor;
  /** Names this request in the log and in the audit: six characters. */
  request: string;
  /** The same for every delivery of what was asked; absent where that comes once, as from a terminal. */
  key?: string;
  clock: Clock;
  log: Log;
  face: 'slack' | 'terminal';
  /** Aborted when the asker gives up (Ctrl-C, a closed dialog) or the bot stops. */
  signal: AbortSignal;
  /** The answer is shown in a dialog or on App Home: nothing can be posted below it. */
  inView?: true;
  /** Slack's id of the channel it is asked in; for a dialog, of the channel that it was opened in. */
  channel?: string;
}

export interface Button<Services> {
  /** One line for the docs: what pressing it does. */
  summary?: string;
  role: Role;
  /** It answers with `source`. Where there is no thread (App Home, a dialog) any other button opens a dialog at once. */
  inPlace?: true;
  /** `value` is what the button carries: an id, never text to be shown. */
  run: (ctx: CommandContext<Services>, value: string) => Replies;
}

interface ShortcutBase {
  /** As Slack's menu and the dialog's head name it: at most 24 characters, as in manifest.yml. */
  label: string;
  summary: string;
  /** `global`: from anywhere; `message`: from a message's own menu, which comes along as `given.message`. */
  kind: 'global' | 'message';
}

/** Something that people start from Slack's own menu, wherever they are; its answer is shown in a dialog. */
export interface AnswerShortcut<Services> extends ShortcutBase {
  role: Role;
  /** In the dialog until the first answer comes: it is opened before anything is asked. */
  opening: string;
  run: (ctx: CommandContext<Services>, given: Given) => Replies;
}

/** Opens one of the command's forms, whose role it takes. */
export interface FormShortcut extends ShortcutBase {
  form: string;
}

export type Shortcut<Services> = AnswerShortcut<Services> | FormShortcut;

export interface Command<Services> {
  /** The word a person types after `/ops`; also the file's name. */
  name: string;
  summary: string;
  /** Behind the name: `[GROUP | CHECK]`. */
  usage: string;
  examples: string[];
  /** Its place in help, by how often it is used: lower comes first, 50 when it says nothing. */
  helpOrder?: number;
  role: Role;
  /** Where it can be used; default both. */
  faces?: ('slack' | 'terminal')[];
  /** `args` are the words behind the name; flags come as they were typed (`--json` is taken by the terminal). */
  run: (ctx: CommandContext<Services>, args: string[]) => Replies;
  /** action_id = `<command>.<button>`. */
  buttons?: Record<string, Button<Services>>;
  /** callback_id = `<command>.<shortcut>`. */
  shortcuts?: Record<string, Shortcut<Services>>;
  /** callback_id = `<command>.<form>`; a button with that action_id opens it, and its value is `given.value`. */
  forms?: Record<string, Form<Services>>;
  /**
   * Which form these words open at once after `/ops`. Pure. Where no dialog can be opened (a mention, a terminal, a trigger
   * that came too late) `run` gets the words instead: it best answers with a button that opens the form.
   */
  opens?: (args: string[]) => { form: string; value?: string } | undefined;
  /** In a terminal it goes on without a database server that can't be reached: what it asks of the database fails. */
  withoutDatabase?: boolean;
  /** Run instead in a terminal with no bot to ask, before anything is read or opened: it may all be broken. */
  withoutBot?: (alone: Alone, args: string[]) => Replies;
  /**
   * Where only some of the command's lines are for `withoutBot`: those, and for them no bot is asked even where one runs.
   * The rest is run as any other command.
   */
  aloneFor?: (args: string[], variables: NodeJS.ProcessEnv) => boolean;
}

/** What a command has that nothing was opened for. */
export interface Alone {
  variables: NodeJS.ProcessEnv;
  log: Log;
  signal: AbortSignal;
  /** A bot runs, but says nothing. */
  silentBot: OpsError | undefined;
}

/**
 * A command of the terminal alone that needs neither a bot nor a database (`rounds check-config`).
 * It prints by itself and returns the exit code.
 */
export interface TerminalCommand {
  name: string;
  summary: string;
  usage: string;
  examples: string[];
  runAlone: (args: string[], terminal: BareTerminal) => Promise<ExitCode>;
}

export interface BareTerminal {
  print: (line: string) => void;
  env: NodeJS.ProcessEnv;
  /** `--json` was typed. */
  json: boolean;
}

/** Declares a terminal command; the default export of a file in `commands/`. */
export function defineTerminalCommand(command: TerminalCommand): TerminalCommand {
  return command;
}

/** Declares a command; the default export of a file in `commands/`. */
/** As help lists them: by use, then by name. */
export function byUse(a: Listed, b: Listed): number {
  return (a.helpOrder ?? 50) - (b.helpOrder ?? 50) || a.name.localeCompare(b.name);
}

interface Listed {
  name: string;
  helpOrder?: number;
}

export function defineCommand<Services>(command: Command<Services>): Command<Services> {
  return command;
}
