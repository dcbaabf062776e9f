import { createHash } from 'node:crypto';
import { searchAudit } from '../../audit/search.ts';
import { OpsError } from '../../kernel/errors.ts';
import { redactDeep } from '../../kernel/redact.ts';
import { type Incident, nameOf } from '../model.ts';
import type { Room } from '../ports.ts';
import * as rows from '../store.ts';
import type { Exported } from './model.ts';
import * as store from './store.ts';

const mostBytes = 20_000_000;
const auditAtOnce = 500;

/** Whose rows of the audit: this incident's alone, for a channel; all of that time, for whoever may search the audit. */
export type AuditOf = 'incident' | 'window';

export interface Wanted {
  incident: Incident;
  from: Date;
  /** What was recorded up to then: the same file each time it is made. */
  asOf: Date;
  audit: AuditOf;
}

/**
 * What Rounds has of an incident, a JSON document a line: what happened, the audit, and what the checks measured. Throws
 * OpsError `invalid` when it is more than fits.
 */
export async function evidenceOf(wanted: Wanted, room: Pick<Room, 'store' | 'evidence'>): Promise<Exported> {
  const hash = createHash('sha256');
  const parts: Buffer[] = [];
  let size = 0;
  for await (const row of allOf(wanted, room)) {
    const line = Buffer.from(`${JSON.stringify(row)}\n`);
    size += line.length;
    if (size > mostBytes)
      throw new OpsError(
        'invalid',
        `More than ${mostBytes / 1e6} MB were recorded in that time: too much for one file`,
        {
          hint: 'It is kept while the hold is on; take it out of the database (check_result, incident_event, audit_detail)',
        },
      );
    hash.update(line);
    parts.push(line);
  }
  const { incident, asOf } = wanted;
  const stamp = asOf.toISOString().slice(0, 19).replace(/[-:]/g, '');
  const name = `${nameOf(incident).toLowerCase()}-evidence-${stamp}Z.jsonl`;
  return { name, bytes: Buffer.concat(parts), sha256: hash.digest('hex'), lines: parts.length };
}

async function* allOf(wanted: Wanted, { store: database, evidence }: Pick<Room, 'store' | 'evidence'>) {
  const { incident, from, asOf, audit } = wanted;
  const { id, title, label, type, declaredAt, drill } = incident;
  yield {
    kind: 'export',
    incident: nameOf(incident),
    title,
    severity: label,
    type,
    declaredAt,
    drill,
    from,
    asOf,
    audit,
  };
  for (const event of await rows.eventsOf(database.db(), id)) {
    const { kind: what, ...rest } = event;
    if (event.at <= asOf) yield { kind: 'event', what, ...rest };
  }
  yield* auditOf(wanted, database);
  for await (const row of evidence.recorded({ from, to: asOf })) yield redactDeep(row);
}

/** Newest first, as the audit is searched. Its texts were redacted when they were written. */
async function* auditOf({ incident, from, asOf, audit }: Wanted, database: Room['store']) {
  const others = await store.otherPrivate(database.db(), incident.id);
  const own = `incident/${incident.id}`;
  let below: number | undefined;
  for (;;) {
    const search = { since: from, until: asOf, limit: auditAtOnce, ...(below !== undefined && { below }) };
    const found = await searchAudit(database, search);
    for (const { seq, at, hash, recorded, erasedBy } of found.rows) {
      below = seq;
      const target = recorded?.target ?? '';
      if (audit === 'incident' ? target !== own : others.has(target)) continue;
      yield { kind: 'audit', seq, at, hash, ...(recorded ?? { erasedBy }) };
    }
    if (!found.more) return;
  }
}
