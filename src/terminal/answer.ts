import { type DeniedAttempt, Forbidden } from '../kernel/access.ts';
import type { Actor, Command, CommandContext, ExitCode, Reply, TerminalStyle } from '../kernel/command.ts';
import { OpsError } from '../kernel/errors.ts';

/** What a terminal prints and how it ends. `text` goes to standard output, `problem` to standard error. */
export interface Answer {
  text?: string;
  problem?: string;
  exitCode: ExitCode;
}

/** The person gave up, or the bot stopped. */
export const interrupted: Answer = { problem: 'Interrupted before everything was measured.', exitCode: 3 };

/** Runs a command to its last reply and words it for a terminal; never throws. */
export async function answerLine<S>(
  command: Command<S>,
  ctx: CommandContext<S>,
  request: { args: string[]; json: boolean; style: TerminalStyle },
  onDenied: (attempt: DeniedAttempt) => void = () => {},
  /** Called once the asker was let in. */
  onRun: (typed: { actor: Actor; name: string; words: string }) => void = () => {},
): Promise<Answer> {
  try {
    await ctx.require(command.role);
    onRun({ actor: ctx.actor, name: command.name, words: request.args.join(' ') });
    const replies = command.run(ctx, request.args);
    let last: Reply | undefined;
    if (Symbol.asyncIterator in replies) for await (const reply of replies) last = reply;
    else last = await replies;
    // What was known before is no answer to "now": a script must not take it for one.
    if (!last || last.partial) return interrupted;
    const text = request.json && last.json ? JSON.stringify(last.json(), null, 2) : last.terminal(request.style);
    return { text, exitCode: last.exitCode ?? 0 };
  } catch (error) {
    if (error instanceof Forbidden) {
      const { role, denial } = error;
      const words = request.args.join(' ');
      onDenied({ actor: ctx.actor, request: ctx.request, action: command.name, words, role, denial });
    }
    return { problem: problemText(error, ctx), exitCode: 3 };
  }
}

/** An expected failure in its own words, with what to do next. */
export function problemOf({ message, hint }: OpsError): string {
  return hint ? `${message}\n→ ${hint}` : message;
}

/** An expected failure in its own words; anything else as a reference that the log explains. */
function problemText<S>(error: unknown, { log, request: ref }: CommandContext<S>): string {
  if (error instanceof OpsError) return problemOf(error);
  log.error({ err: error, ref }, 'a command failed');
  return `Something went wrong (ref ${ref}); the log has the details under that reference.`;
}
