import type { AuditEntry } from '../audit/model.ts';
import { verb } from '../audit/verb.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Tx } from '../store/store.ts';
import { showJob } from './jobs.ts';
import { type By, type Incident, nameOf } from './model.ts';
import type { Change } from './part.ts';
import type { Room } from './ports.ts';
import * as rows from './store.ts';

/** Who does something to an incident; `request` names it in the audit and in the log. */
export interface Asker {
  by: By;
  request: string;
}

/** What was decided on an incident as it stood. No audit = nothing was changed. */
export interface Decided<K extends string> {
  kind: K;
  audit: { action: string; reason?: string; after?: Record<string, unknown> }[];
  /** What others have to follow. */
  change?: Change;
}

/**
 * One transaction: the incident locked, what is decided on it, what follows from that, its audit, and its message brought up
 * to date. Throws OpsError `not_found`, `unavailable`.
 */
export async function changeIncident<K extends string>(
  asker: Asker,
  id: number,
  room: Room,
  decide: (tx: Tx, incident: Incident, at: Date) => Promise<Decided<K>>,
  /** Locked as well, in the order of their numbers: two that lock each other's would wait for ever. */
  { also = [] }: { also?: readonly number[] } = {},
): Promise<{ kind: K; incident: Incident }> {
  const { store, clock, jobs } = room;
  const done = await verb<unknown, { kind: K; incident: Incident }>(
    { store, clock },
    { actor: asker.by.id, request: asker.request },
    async (tx) => {
      for (const each of [...also, id].toSorted((a, b) => a - b)) await rows.lockIncident(tx, each);
      const before = await rows.findIncident(tx, id);
      if (!before) throw noSuchIncident(id);
      const at = clock.now();
      const { kind, audit, change } = await decide(tx, before, at);
      const incident = (await rows.findIncident(tx, id))!;
      if (change) await room.follow(tx, { change, incident, before, at, by: asker.by });
      if (audit.length > 0) await jobs.enqueue(tx, showJob, { id });
      const rowsOfIt = audit.map((entry) => ({ ...entry, target: `incident/${id}` }));
      return { result: { kind, incident }, audit: incident.private ? rowsOfIt.map(withoutWords) : rowsOfIt };
    },
  );
  jobs.hurry();
  room.onChanged?.();
  return done;
}

/** The audit is read by people who are not in a private incident: what was said stays in its timeline. Pure. */
export function withoutWords({ reason: _, ...entry }: AuditEntry): AuditEntry {
  if (typeof entry.after !== 'object' || entry.after === null) return entry;
  // Beside a severity it is the one before.
  const isWordless = (name: string) =>
    wordless.has(name) || (name === 'before' && Object.hasOwn(entry.after!, 'severity'));
  const after = Object.entries(entry.after).filter(([name]) => isWordless(name));
  return { ...entry, after: Object.fromEntries(after) };
}
/** What is not named here might hold words. */
const wordless = new Set([
  ...['severity', 'phi', 'drill', 'private', 'way', 'declared', 'state', 'into', 'falseAlarm', 'endedAt'],
  ...['n', 'task', 'assignee', 'followUp', 'owner', 'entry', 'who', 'role', 'person', 'late'],
  ...['at', 'due', 'dueAt', 'nextAt', 'until', 'from'],
  ...['kind', 'on', 'dueOn', 'version', 'conclusion', 'sha256', 'step', 'lines', 'bytes'],
]);

export function noSuchIncident(id: number): OpsError {
  return new OpsError('not_found', `There is no ${nameOf({ id })}`, { hint: '`/ops incident` lists them' });
}
