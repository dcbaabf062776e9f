import { randomUUID } from 'node:crypto';
import { type Access, type DeniedAttempt, Forbidden, permissionsOf } from '../kernel/access.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Actor, Command, CommandContext, Post, Replies, Role } from '../kernel/command.ts';
import { OpsError, PortError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { newRequest } from '../kernel/request.ts';
import { isUnavailable } from '../store/errors.ts';
import { type Asked, tell } from './asked.ts';
import { type Delivered, deliver } from './deliver.ts';
import { isDeadTokenError } from './failures.ts';
import type { Hearing } from './hearing.ts';
import type { Outgoing } from './outgoing.ts';
import {
  deadTokenPost,
  deniedPost,
  endedEarly,
  errorPost,
  failureAbove,
  interruptedPost,
  wentWrongPost,
} from './posts.ts';
import type { Running } from './running.ts';
import type { Work } from './work.ts';

export interface RunPorts<Services> {
  services: Services;
  clock: Clock;
  log: Log;
  access: Access;
  onDenied(attempt: DeniedAttempt): void;
  outgoing: Outgoing;
  running: Running;
  work: Work;
  botName: string;
  hearing?: Hearing | undefined;
}

/** One thing to run: a command, or the button of one. */
export interface Job<Services> {
  /** `health` or `health.again`: for denials and the log. */
  name: string;
  command: string;
  /** Whether the command has a button `again`, to offer it after an interruption. */
  again: boolean;
  role: Role;
  /** What stood behind the command, or what the button carried. */
  words: string;
  /** Somebody wrote it, as against a button or a dialog. */
  typed?: true;
  run(ctx: CommandContext<Services>): Replies;
}

/** What is to be run of a command. */
export function jobOf<S>(command: Command<S>, job: Pick<Job<S>, 'name' | 'role' | 'words' | 'run'>): Job<S> {
  return { ...job, command: command.name, again: command.buttons?.again !== undefined };
}

/** Runs a command for someone in Slack and shows the answer; whatever fails is told to the asker. */
export async function runJob<S>(job: Job<S>, actor: Actor, asked: Asked, ports: RunPorts<S>): Promise<void> {
  const { work, access } = ports;
  const request = newRequest();
  const log = childLog(ports.log, { command: job.name, actor: actor.id, request });
  try {
    const permissions = permissionsOf(access, actor);
    await permissions.require(job.role);
    const { channel, threadTs } = asked;
    if (job.typed) ports.hearing?.ran({ actor, name: job.command, words: job.words, channel, threadTs });
    const gone = new AbortController();
    const signal = AbortSignal.any([work.signal, gone.signal, ...(asked.view ? [asked.view.closed] : [])]);
    const replies = job.run({
      services: ports.services,
      actor,
      request,
      clock: ports.clock,
      log,
      face: 'slack',
      signal,
      ...(asked.view && { inView: true as const }),
      ...(asked.key !== undefined && { key: asked.key }),
      ...(asked.channel !== undefined && { channel: asked.channel }),
      ...permissions,
    });
    const command = { name: job.command, words: job.words };
    const surfacePorts = { ...ports, log, key: randomUUID(), command, stopping: work.signal };
    const delivered = await deliver(replies, asked, surfacePorts, () => {
      log.info('the answer was deleted while it was refreshed');
      gone.abort();
    });
    if (delivered.kind === 'failed') await presentFailure(delivered, { job, actor, asked, log, request }, ports);
  } catch (error) {
    const failed: Delivered = { kind: 'failed', error, unfinished: undefined };
    await presentFailure(failed, { job, actor, asked, log, request }, ports);
  }
}

interface Run<S> {
  job: Job<S>;
  actor: Actor;
  asked: Asked;
  log: Log;
  request: string;
}

async function presentFailure<S>(
  { error, unfinished }: Extract<Delivered, { kind: 'failed' }>,
  run: Run<S>,
  { outgoing, work, access, onDenied }: RunPorts<S>,
): Promise<void> {
  const { job, actor, asked, log, request } = run;
  if (error instanceof Forbidden) {
    const { role, denial } = error;
    onDenied({ actor, request, action: job.name, words: job.words, role, denial });
  }
  // Nobody sees it any more: what the command made of that is no failure.
  if (asked.view?.closed.aborted && !(error instanceof Forbidden)) return;
  if (work.signal.aborted) {
    const interrupted = interruptedPost({ command: job.command, words: job.words, again: job.again });
    const inView = asked.view && { last: interrupted, finish: asked.view.tell };
    return finish(asked.view?.keepsForm ? inView : (unfinished ?? inView), interrupted, log);
  }
  const { post, why } = await presented(error, { log, ref: request, access });
  const form = asked.view?.keepsForm;
  if (unfinished && asked.view && !form) return finish(unfinished, failureAbove(unfinished.last, post), log);
  if (unfinished && !form) await finish(unfinished, endedEarly(unfinished.last, why), log);
  await tell(outgoing, asked, post).catch((untold: unknown) => {
    if (!isDeadTokenError(untold)) log.error({ err: untold }, 'a failure could not be told');
  });
}

/** An expected failure in its own words; anything else as a reference into the log. */
async function presented(
  error: unknown,
  { log, ref, access }: { log: Log; ref: string; access: Access },
): Promise<{ post: Post; why: string }> {
  if (error instanceof Forbidden) {
    const holders = error.denial.why === 'role' ? await access.holders(error.role) : [];
    return { post: deniedPost(error.denial, holders), why: `Not refreshed: ${error.message}` };
  }
  if (error instanceof OpsError) return { post: errorPost(error), why: `Not refreshed: ${error.message}` };
  // Said once, by the token's watch; this is no fault of the command.
  if (isDeadTokenError(error))
    return { post: deadTokenPost(error.reason), why: 'Not refreshed: Slack refuses the bot' };
  if (!(error instanceof PortError) && isUnavailable(error)) {
    log.warn({ err: error, ref }, 'the database did not answer a command');
    const away = new OpsError('unavailable', 'My database does not answer', { hint: 'Try again in a minute.' });
    return { post: errorPost(away), why: `Not refreshed: ${away.message}` };
  }
  log.error({ err: error, ref }, `something went wrong (ref ${ref})`);
  return { post: wentWrongPost(ref), why: `Not refreshed: something went wrong (ref ${ref})` };
}

async function finish(
  unfinished: Extract<Delivered, { kind: 'failed' }>['unfinished'],
  post: Post,
  log: Log,
): Promise<void> {
  await unfinished?.finish(post).catch((error: unknown) => {
    if (!isDeadTokenError(error)) log.error({ err: error }, 'an answer stays unfinished');
  });
}

/** The same log with more fields; `Log` has no `child`, so the fields go with each line. */
function childLog(log: Log, fields: Record<string, unknown>): Log {
  if ('child' in log && typeof log.child === 'function') return log.child(fields);
  return log;
}
