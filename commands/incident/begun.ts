import { z } from 'zod';
import { zoneName, zoneTime } from '../../src/health/views/time.ts';
import { faces } from '../../src/health/views/words.ts';
import { type Begun, declareFields } from '../../src/incidents/form.ts';
import { kept } from '../../src/incidents/given.ts';
import { within } from '../../src/incidents/journal/files.ts';
import { nameOf, type Origin } from '../../src/incidents/model.ts';
import { titleOf } from '../../src/incidents/proposals/model.ts';
import { OpsError } from '../../src/kernel/errors.ts';
import type { FormItem, FormOpening } from '../../src/kernel/form.ts';
import type { Services } from '../../src/services.ts';

type Opening = Pick<FormOpening<Services>, 'services' | 'clock'>;
type CheckOrigin = Extract<Origin, { kind: 'check' }>;

const snapshot = z.object({
  ...{ kind: z.literal('check'), id: z.string(), outcome: z.string(), reason: z.string() },
  since: z.iso.datetime().optional(),
});
const outcomes: Readonly<Record<string, { word: string }>> = faces;

/**
 * What the dialog goes on with when a check's button opened it: the check as it stands now, so that the incident says later
 * what was seen, whatever was measured meanwhile. Without I/O: what this process remembers.
 */
export function withSnapshot(value: string, opening: Opening): string {
  const seen = checkOf(value, opening);
  return seen ? `check:${JSON.stringify(seen)}` : value;
}

/** The check that a button's value names, as it stood when the dialog was opened. */
export function checkOf(value: string, { services: { health } }: Pick<Opening, 'services'>): CheckOrigin | undefined {
  if (!value.startsWith('check:')) return undefined;
  const rest = value.slice('check:'.length);
  if (rest.startsWith('{')) return readSnapshot(rest);
  const report = health.remembered(rest);
  if (!report) return { kind: 'check', id: rest, outcome: 'unknown', reason: '' };
  const { id, outcome, reason, since } = report;
  return { kind: 'check', id, outcome, reason: kept(reason, 1_000), since: since.toISOString() };
}

/** What the dialog begins with: "api: 503 (want 200)", and since when. */
export function begunByCheck(value: string, opening: Opening): Begun {
  const seen = checkOf(value, opening);
  if (!seen) return {};
  const { id, outcome, reason, since } = seen;
  if (reason === '') return { title: `${id}: `, systems: id };
  const { zone } = opening.services.ops.team;
  const at = since === undefined ? undefined : new Date(since);
  const when = at ? ` since ${zoneTime(at, opening.clock.now(), zone)} ${zoneName(at, zone)}` : '';
  return {
    ...{ title: `${id}: ${reason}`.replace(/\s+/g, ' '), systems: id },
    known: `Check ${id} is ${outcomes[outcome]?.word ?? outcome}${when}: ${reason}`,
  };
}

/** A person waits before a dialog: what the database does not say by then, they say. */
const patienceMs = 2_000;

/** The dialog with what another tool has reported. Without the database it is empty. Throws OpsError `conflict`, `not_found`. */
export async function begunByProposal({ services, given }: FormOpening<Services>): Promise<{ items: FormItem[] }> {
  const { severities, incidents } = services;
  const asked = within(incidents.proposals.show(Number(given.value)), patienceMs);
  const proposal = await asked.catch((error: unknown) => {
    if (error instanceof OpsError) throw error;
    return undefined;
  });
  if (!proposal) return { items: declareFields(severities, given) };
  const { incident, systems, severity, details } = proposal;
  if (incident) throw new OpsError('conflict', `${nameOf(incident)} was declared from it already`);
  const begun = { title: titleOf(proposal), systems, severity, known: details };
  return { items: declareFields(severities, given, begun) };
}

function readSnapshot(text: string): CheckOrigin | undefined {
  try {
    const { since, ...seen } = snapshot.parse(JSON.parse(text));
    return { ...seen, ...(since !== undefined && { since }) };
  } catch {
    return undefined;
  }
}
