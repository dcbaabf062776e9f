import { z } from 'zod';
import type { Check, Ops } from '../../config/model.ts';
import { defineJob } from '../../jobs/model.ts';
import type { Timers } from '../../jobs/timing.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Store, Tx } from '../../store/store.ts';
import { type ActiveWindow, activeWindows, isSkipped, longestOf, windowsOf } from '../maintenance.ts';
import { asWindow, type OnSilence, type Silence, type SilenceTarget, sayWho } from './model.ts';
import { activeSilences, addSilence, endRow } from './store.ts';

const over = z.object({ id: z.string() });
export type SilenceOver = z.infer<typeof over>;

/** The time of a silence is up: its checks are spoken of again. */
export const silenceOverJob = defineJob<SilenceOver>({
  name: 'health.silence-over',
  schema: over,
  lane: 'housekeeping',
  retry: { limit: 10, firstMs: 1_000, maxMs: 60_000 },
});

export interface SilencePorts {
  ops: Pick<Ops, 'checks' | 'maintenance'>;
  store: Store;
  clock: Clock;
  onSilence?: OnSilence | undefined;
  /** Notices when a silence ends by itself. */
  timers?: Pick<Timers, 'set' | 'cancel'> | undefined;
}

/** The checks that a silence is over. */
export function checksOf({ kind, id }: SilenceTarget, checks: readonly Check[]): Check[] {
  return checks.filter((check) => (kind === 'group' ? check.group : check.id) === id);
}

/** Writes a silence down, sets its end, and tells of it. */
export async function begin(
  tx: Tx,
  silence: Omit<Silence, 'id' | 'ended'>,
  request: string,
  ports: SilencePorts,
): Promise<Silence> {
  const begun = await addSilence(tx, silence, request);
  const { id, until } = begun;
  await ports.timers?.set(tx, { key: `silence/${id}`, dueAt: until, kind: silenceOverJob, data: { id } });
  await tellOf(tx, checksOf(begun.target, ports.ops.checks), begun.from, ports);
  return begun;
}

/** Ends a silence and tells of it; undefined = it was over. */
export async function end(
  tx: Tx,
  id: string,
  how: { at: Date; by: string },
  ports: SilencePorts,
): Promise<Silence | undefined> {
  const ended = await endRow(tx, id, how);
  if (!ended) return undefined;
  await ports.timers?.cancel(tx, `silence/${id}`);
  await tellOf(tx, checksOf(ended.target, ports.ops.checks), how.at, ports);
  return ended;
}

/** Tells which of these checks are silenced now, until when and by whom, and which are not. */
export async function tellOf(
  tx: Tx,
  checks: readonly Check[],
  now: Date,
  { ops, onSilence }: Pick<SilencePorts, 'ops' | 'onSilence'>,
): Promise<void> {
  if (!onSilence) return;
  const windows = await windowsAt(tx, ops, now);
  const byWindow = Map.groupBy(checks, (check) => longestOf(windowsOf(check, windows)));
  for (const [window, affected] of byWindow) {
    const checkIds = affected.map(({ id }) => id);
    if (!window) {
      await onSilence(tx, { checkIds, kind: 'ended' });
      continue;
    }
    const { until, silence } = window;
    const mute = silence?.kind === 'mute' ? { mute: silence.id } : {};
    await onSilence(tx, { checkIds, kind: 'begun', until, by: sayWho(window), ...mute });
  }
}

/** All windows that are open, as this transaction sees them. */
async function windowsAt(tx: Tx, ops: Pick<Ops, 'maintenance'>, now: Date): Promise<ActiveWindow[]> {
  const silences = await activeSilences(tx, now);
  return [...activeWindows(ops.maintenance, now), ...silences.flatMap((silence) => asWindow(silence, now) ?? [])];
}

/** Which of these checks are silenced, as this transaction sees it. `silences` false: no row is on, so none is read. */
export async function silencedOf(
  tx: Tx,
  checks: readonly { id: string; group: string }[],
  { ops, clock }: Pick<SilencePorts, 'ops' | 'clock'>,
  { silences }: { silences: boolean } = { silences: true },
): Promise<Set<string>> {
  const now = clock.now();
  const windows = silences ? await windowsAt(tx, ops, now) : activeWindows(ops.maintenance, now);
  return new Set(checks.filter((check) => windowsOf(check, windows).length > 0).map(({ id }) => id));
}

/** Which of these checks are not to be measured now, as this transaction sees it. */
export async function skippedOf(
  tx: Tx,
  checks: readonly { id: string; group: string }[],
  { ops, clock }: Pick<SilencePorts, 'ops' | 'clock'>,
): Promise<Set<string>> {
  const windows = await windowsAt(tx, ops, clock.now());
  return new Set(checks.filter((check) => isSkipped(check, windows)).map(({ id }) => id));
}
