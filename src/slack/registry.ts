import { type Button, byUse, type Command, type Shortcut } from '../kernel/command.ts';
import type { Form } from '../kernel/form.ts';
import { nearest } from '../kernel/nearest.ts';

/** The commands that Slack offers, and the decision which of them is meant. Pure. */
export interface Registry<Services> {
  commands: Command<Services>[];
  byName: Map<string, Command<Services>>;
}

export type Meant<Services> =
  /** `command`: of that one alone. */
  | { kind: 'help'; command?: Command<Services> }
  | { kind: 'unknown'; word: string; nearest: string | undefined }
  | { kind: 'terminal_only'; command: Command<Services> }
  | { kind: 'run'; command: Command<Services>; args: string[] };

export function registryOf<Services>(commands: readonly Command<Services>[]): Registry<Services> {
  const sorted = [...commands].sort(byUse);
  return { commands: sorted.filter(inSlack), byName: new Map(sorted.map((command) => [command.name, command])) };
}

function inSlack<Services>(command: Command<Services>): boolean {
  return command.faces?.includes('slack') ?? true;
}

/** Which command the words after `/ops` mean. No words, or `help`, is help; `help health` is that of one command. */
export function meantBy<Services>(registry: Registry<Services>, words: readonly string[]): Meant<Services> {
  const [word, ...args] = words;
  if (word === undefined) return { kind: 'help' };
  if (/^(--)?help$/i.test(word)) {
    const about = args[0] === undefined ? { kind: 'help' as const } : meantBy(registry, args);
    return about.kind === 'run' ? { kind: 'help', command: about.command } : about;
  }
  const command = registry.byName.get(word.toLowerCase());
  if (!command) return { kind: 'unknown', word, nearest: nearest(word, registry.commands.map(nameOf)) };
  return inSlack(command) ? { kind: 'run', command, args } : { kind: 'terminal_only', command };
}

function nameOf(command: { name: string }): string {
  return command.name;
}

export interface MeantForm<Services> {
  command: Command<Services>;
  /** `<command>.<form>`. */
  id: string;
  form: Form<Services>;
}

export type MeantButton<Services> =
  | { kind: 'run'; command: Command<Services>; button: Button<Services> }
  | ({ kind: 'form' } & MeantForm<Services>)
  | { kind: 'unknown' };

/**
 * Which button an action_id means: `<command>.<button>`, and `<command>.<button>.<n>` where a block holds several of one
 * kind (Slack wants them to differ). `<command>.<form>` opens that form.
 */
export function buttonMeantBy<Services>(registry: Registry<Services>, actionId: string): MeantButton<Services> {
  const [, name, button] = /^([a-z][a-z0-9-]*)\.([A-Za-z][A-Za-z0-9_-]*)(?:\.\d+)?$/.exec(actionId) ?? [];
  const command = name === undefined ? undefined : registry.byName.get(name);
  if (!command || button === undefined) return { kind: 'unknown' };
  if (command.buttons && Object.hasOwn(command.buttons, button))
    return { kind: 'run', command, button: command.buttons[button]! };
  const form = findForm(command, button);
  return form ? { kind: 'form', ...form } : { kind: 'unknown' };
}

/** A command's form by a name that came from outside. */
function findForm<Services>(command: Command<Services>, name: string): MeantForm<Services> | undefined {
  if (!command.forms || !Object.hasOwn(command.forms, name)) return undefined;
  return { command, id: `${command.name}.${name}`, form: command.forms[name]! };
}

/** A command's form by the name that the command itself says. @throws Error when it has none. */
export function formOf<Services>(command: Command<Services>, name: string): MeantForm<Services> {
  const found = findForm(command, name);
  if (!found) throw new Error(`Command ${command.name} has no form ${name}`);
  return found;
}

/** Which form a dialog's callback_id means: `<command>.<form>`. */
export function formMeantBy<Services>(
  registry: Registry<Services>,
  callbackId: string,
): MeantForm<Services> | undefined {
  const [name = '', word = '', ...rest] = callbackId.split('.');
  const command = registry.byName.get(name);
  return command && rest.length === 0 ? findForm(command, word) : undefined;
}

/** Which shortcut a callback_id means: `<command>.<shortcut>`. */
export function shortcutMeantBy<Services>(
  registry: Registry<Services>,
  callbackId: string,
): { command: Command<Services>; shortcut: Shortcut<Services> } | undefined {
  const [name = '', word = '', ...rest] = callbackId.split('.');
  const command = registry.byName.get(name);
  if (rest.length > 0 || !command?.shortcuts || !Object.hasOwn(command.shortcuts, word)) return undefined;
  return { command, shortcut: command.shortcuts[word]! };
}
