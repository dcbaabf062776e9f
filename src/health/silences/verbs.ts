import type { AuditEntry } from '../../audit/model.ts';
import { verb } from '../../audit/verb.ts';
import type { Actor } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { echo } from '../../kernel/echo.ts';
import { OpsError } from '../../kernel/errors.ts';
import { redact } from '../../kernel/redact.ts';
import type { Store, Tx } from '../../store/store.ts';
import { begin, checksOf, end, type SilencePorts } from './change.ts';
import { asWindow, type Silence, type SilenceTarget } from './model.ts';
import { activeSilences, findSilence, lockTarget } from './store.ts';

const minute = 60_000;
const day = 1_440 * minute;
/** How long a silence may be, ms. */
const limits = { mute: { longestMs: day }, maintenance: { longestMs: 7 * day } };
/** Characters of a reason. */
const longestReason = 300;

/** Who asks, and the reference of the request. */
export interface SilenceAsker {
  actor: Actor;
  request: string;
}

/** Maintenance as it is begun. */
export interface Work {
  target: SilenceTarget;
  forMs: number;
  mode: Silence['mode'];
  reason: string;
}

/** `already`: a mute of the check lasts at least as long; nothing was changed. */
export interface Muted {
  kind: 'muted' | 'already';
  silence: Silence;
}

/** `ended_before`, `expired`: it was over, nothing was changed. `still`: what else keeps its checks quiet. */
export interface Ended {
  kind: 'ended' | 'ended_before' | 'expired';
  silence: Silence;
  still: Silence[];
}

/** Mutes one check; a shorter mute of it is replaced. Throws OpsError `not_found`, `invalid`. */
export async function muteCheck(
  asker: SilenceAsker,
  { checkId, forMs }: { checkId: string; forMs: number },
  ports: SilencePorts,
): Promise<Muted> {
  const target: SilenceTarget = { kind: 'check', id: checkId };
  refuseUnlessKnown(target, ports);
  refuseLength(forMs, limits.mute);
  return silenceVerb<Muted>(asker, ports, async (tx, now) => {
    await lockTarget(tx, target);
    const until = new Date(now.getTime() + forMs);
    const before = (await activeSilences(tx, now)).find(
      (each) => each.kind === 'mute' && each.target.kind === 'check' && each.target.id === checkId,
    );
    if (before && before.until >= until) return { result: { kind: 'already', silence: before }, audit: [] };
    if (before) await end(tx, before.id, { at: now, by: asker.actor.name }, { ...ports, onSilence: undefined });
    const wanted = { kind: 'mute', target, mode: 'mute', from: now, until, by: asker.actor } as const;
    const silence = await begin(tx, wanted, asker.request, ports);
    const audit = { action: 'check.mute', target: nameOf(target), before: recorded(before), after: recorded(silence) };
    return { result: { kind: 'muted', silence }, audit: [audit] };
  });
}

/** Begins maintenance of a check or group, now. Throws OpsError `not_found`, `invalid`. */
export async function beginMaintenance(asker: SilenceAsker, work: Work, ports: SilencePorts): Promise<Silence> {
  const { target, forMs, mode } = work;
  const reason = oneLine(redact(work.reason));
  refuseUnlessKnown(target, ports);
  refuseLength(forMs, limits.maintenance);
  if (reason === '') throw new OpsError('invalid', 'Maintenance needs a reason', { hint: 'say what is being done' });
  return silenceVerb(asker, ports, async (tx, now) => {
    await lockTarget(tx, target);
    const until = new Date(now.getTime() + forMs);
    const wanted = { kind: 'maintenance', target, mode, from: now, until, reason, by: asker.actor } as const;
    const silence = await begin(tx, wanted, asker.request, ports);
    const audit = { action: 'maintenance.begin', target: nameOf(target), after: recorded(silence), reason };
    return { result: silence, audit: [audit] };
  });
}

/** Ends a silence before its time; nothing happens to one that is over. Throws OpsError `not_found`. */
export async function endSilence(asker: SilenceAsker, id: string, ports: SilencePorts): Promise<Ended> {
  return silenceVerb<Ended>(asker, ports, async (tx, now) => {
    const { target } = await silenceOf(id, ports.store, tx);
    await lockTarget(tx, target);
    const before = await silenceOf(id, ports.store, tx);
    const ended = await end(tx, before.id, { at: now, by: asker.actor.name }, ports);
    const still = await overlapping(tx, before, now, ports);
    if (!ended)
      return { result: { kind: before.ended ? 'ended_before' : 'expired', silence: before, still }, audit: [] };
    const audit = { action: 'silence.end', target: nameOf(target), before: recorded(before), after: recorded(ended) };
    return { result: { kind: 'ended', silence: ended, still }, audit: [audit] };
  });
}

/** A silence by its id, also one that is over. Throws OpsError `not_found`. */
export async function silenceOf(id: string, store: Store, tx: Tx = store.db()): Promise<Silence> {
  const silence = await findSilence(tx, id.toLowerCase());
  if (silence) return silence;
  throw new OpsError('not_found', `There is no mute or maintenance "${echo(id)}"`, {
    hint: '/ops maintenance lists them',
  });
}

function silenceVerb<R>(
  { actor, request }: SilenceAsker,
  { store, clock }: SilencePorts,
  work: (tx: Tx, now: Date) => Promise<{ result: R; audit: AuditEntry[] }>,
): Promise<R> {
  return verb<unknown, R>({ store, clock }, { actor: actor.id, request }, (tx) => work(tx, clock.now()));
}

/** Other silences that are on over some of its checks. */
async function overlapping(tx: Tx, silence: Silence, now: Date, { ops }: SilencePorts): Promise<Silence[]> {
  const ids = new Set(checksOf(silence.target, ops.checks).map((check) => check.id));
  return (await activeSilences(tx, now)).filter(
    (each) =>
      each.id !== silence.id && asWindow(each, now) && checksOf(each.target, ops.checks).some(({ id }) => ids.has(id)),
  );
}

function refuseUnlessKnown(target: SilenceTarget, { ops }: SilencePorts): void {
  if (checksOf(target, ops.checks).length > 0) return;
  throw new OpsError('not_found', `There is no ${target.kind} "${echo(target.id)}"`);
}

function refuseLength(forMs: number, { longestMs }: { longestMs: number }): void {
  if (forMs >= minute && forMs <= longestMs) return;
  throw new OpsError('invalid', `It can't last ${formatDuration(forMs)}`, {
    hint: `from ${formatDuration(minute)} to ${formatDuration(longestMs)}, like 45m or 2h`,
  });
}

function oneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > longestReason ? `${line.slice(0, longestReason - 1).toWellFormed()}…` : line.toWellFormed();
}

function nameOf({ kind, id }: SilenceTarget): string {
  return `${kind}/${id}`;
}

/** What the audit keeps of it. */
function recorded(silence: Silence | undefined): object | null {
  if (!silence) return null;
  const { id, mode, until, ended } = silence;
  return { id, mode, until, ...(ended && { ended_at: ended.at }) };
}
