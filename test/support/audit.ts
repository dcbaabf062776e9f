import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import { appendAudit } from '../../src/audit/append.ts';
import type { Asker, AuditEntry } from '../../src/audit/model.ts';
import type { Store } from '../../src/store/store.ts';

export const anna: Asker = { actor: 'slack:UANNA', request: 'ABC123' };
export const noon = new Date('2026-11-23T12:00:00.000Z');

/** Appends rows a minute apart, each in its own transaction, in one round of work. */
export async function fillAudit(store: Store, count: number, entry: Partial<AuditEntry> = {}): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    const at = new Date(noon.getTime() + number * 60_000);
    await store.transaction((tx) =>
      appendAudit(
        tx,
        anna,
        { action: 'check.mute', target: `check/api-${number}`, reason: 'a deployment', ...entry },
        at,
      ),
    );
  }
}

/** Does to the tables what only their owner can: turns the triggers off, and on again. */
export async function tamper(store: Store, ...statements: RawBuilder<unknown>[]): Promise<void> {
  await store.transaction(async (tx) => {
    for (const table of ['audit_entry', 'audit_detail', 'audit_head']) {
      await sql`alter table ${sql.ref(table)} disable trigger user`.execute(tx);
    }
    for (const statement of statements) await statement.execute(tx);
    for (const [table, triggers] of Object.entries(always)) {
      for (const name of triggers) {
        await sql`alter table ${sql.ref(table)} enable always trigger ${sql.ref(name)}`.execute(tx);
      }
    }
  });
}

const always = {
  audit_entry: ['audit_entry_append_only'],
  audit_detail: ['audit_detail_append_only', 'audit_detail_erase_only'],
  audit_head: ['audit_head_stays', 'audit_head_steps'],
};

/** For `tamper`: an audit without rows. */
export const beginAnew = [
  sql`truncate audit_entry, audit_detail, audit_head`,
  sql`insert into audit_head (seq, hash) values (0, decode(repeat('00', 32), 'hex'))`,
];

/** Computes the hashes anew from a row on, as somebody would who rewrites the chain, and the head with them. */
export function recomputeFrom(seq: number): RawBuilder<unknown>[] {
  return [
    sql`update audit_entry e set commitment = sha256(d.salt || convert_to(d.payload, 'UTF8'))
        from audit_detail d where d.seq = e.seq and d.payload is not null`,
    sql`with recursive chain as (
          select e.seq, sha256(coalesce(p.hash, decode(repeat('00', 32), 'hex')) || int8send(e.seq) || int8send(e.at_ms)
                               || int8send(coalesce(e.erases, 0)) || e.commitment) as hash
          from audit_entry e left join audit_entry p on p.seq = e.seq - 1 where e.seq = ${seq}
          union all
          select e.seq, sha256(c.hash || int8send(e.seq) || int8send(e.at_ms) || int8send(coalesce(e.erases, 0))
                               || e.commitment)
          from chain c join audit_entry e on e.seq = c.seq + 1)
        update audit_entry e set hash = c.hash from chain c where c.seq = e.seq`,
    sql`update audit_head h set seq = e.seq, hash = e.hash
        from (select seq, hash from audit_entry order by seq desc limit 1) e`,
  ];
}

/** The statements of docs/audit.md that give the tables to another role; `database` is the name of the test's own. */
export async function grantsOfDocs(database: string): Promise<string[]> {
  const statements = await sqlOfDocs('create role rounds_audit');
  return statements.map((statement) => statement.replace('database rounds', `database ${database}`));
}

/** The statements of the block of SQL in docs/audit.md that has these words. */
export async function sqlOfDocs(words: string): Promise<string[]> {
  const page = await readFile(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
  const block = [...page.matchAll(/```sql\n([^`]*)```/g)].find(([, text]) => text?.includes(words))?.[1] ?? '';
  return block
    .split(';')
    .map((statement) => statement.trim())
    .filter(Boolean);
}
