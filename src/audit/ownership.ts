import { sql } from 'kysely';
import { OpsError } from '../kernel/errors.ts';
import type { Store } from '../store/store.ts';

/** How far the database itself holds the bot to append only. */
export interface AuditOwnership {
  /** The bot's role in the database. */
  role: string;
  superuser: boolean;
  /** What it owns, or may act as the owner of: `table audit_entry`, `schema public`. With any of these it can drop or rewrite the audit. */
  owns: string[];
  /** Rights beyond reading that it was granted on tables of others: `UPDATE on audit_entry`. */
  writes: string[];
  /** It may make itself a member of the owning role: CREATEROLE before PostgreSQL 16. */
  grantsItself: boolean;
  /** `audit_append` runs with the rights of its owner, as it was made. */
  appendsAsOwner: boolean;
  /** Triggers that are missing or turned off, by table. */
  unguarded: string[];
}

const triggers = [
  'audit_entry_append_only',
  'audit_detail_append_only',
  'audit_detail_erase_only',
  'audit_head_stays',
  'audit_head_steps',
];

/** Throws OpsError `not_found` where this role finds no audit, and `forbidden` where it may not read it. */
export async function mustHoldAudit(store: Pick<Store, 'db'>): Promise<void> {
  const { rows } = await sql<{ role: string; there: boolean; readable: boolean | null }>`
    select current_user::text as role, count(oid) = 3 as there, bool_and(has_table_privilege(oid, 'SELECT')) as readable
    from unnest(array[to_regclass('audit_entry'), to_regclass('audit_detail'), to_regclass('audit_head')]) as t (oid)`.execute(
    store.db(),
  );
  const { role, there, readable } = rows[0]!;
  if (!there) {
    const hint = 'it is where the bot runs with this database, in the first schema of its search_path';
    throw new OpsError('not_found', `The role ${role} finds no audit in this database`, { hint });
  }
  if (readable) return;
  const hint = `grant select on audit_entry, audit_detail, audit_head to ${role}`;
  throw new OpsError('forbidden', `The role ${role} may not read the audit`, { hint });
}

/** For the doctor: whether the bot could rewrite its own audit. Whoever owns the schema or the database can drop its tables. */
export async function auditOwnership(store: Pick<Store, 'db'>): Promise<AuditOwnership> {
  const { rows } = await sql<Omit<AuditOwnership, 'unguarded'> & { guarding: string[] }>`
    with tables as (
      select c.oid, c.relname, c.relowner, c.relnamespace from pg_class c
      where c.oid in (to_regclass('audit_entry'), to_regclass('audit_detail'), to_regclass('audit_head'))
    ), functions as (
      select p.oid, p.proname, p.proowner, p.prosecdef from pg_proc p
      where p.pronamespace in (select relnamespace from tables)
        and p.proname in ('audit_append', 'audit_refuse', 'audit_refuse_unless_erased', 'audit_refuse_unless_next')
    ), owned (kind, name, owner) as (
      select 'table', relname::text, relowner from tables
      union all select 'function', proname::text, proowner from functions
      union all select 'schema', nspname::text, nspowner from pg_namespace where oid in (select relnamespace from tables)
      union all select 'database', datname::text, datdba from pg_database where datname = current_database()
    )
    select current_user::text as role, r.rolsuper as superuser,
           array(select kind || ' ' || name from owned where pg_has_role(current_user, owner, 'MEMBER')
                 order by kind, name) as owns,
           array(select p.name || ' on ' || t.relname
                 from tables t, unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) as p (name)
                 where not pg_has_role(current_user, t.relowner, 'MEMBER')
                   and (has_table_privilege(current_user, t.oid, p.name)
                        or (p.name in ('INSERT', 'UPDATE') and has_any_column_privilege(current_user, t.oid, p.name)))
                 order by t.relname, p.name) as writes,
           r.rolcreaterole and current_setting('server_version_num')::int < 160000 as "grantsItself",
           exists (select 1 from functions where proname = 'audit_append' and prosecdef) as "appendsAsOwner",
           array(select tgname::text from pg_trigger
                 where tgname = any(${triggers}) and tgenabled = 'A' and tgrelid in (select oid from tables)) as guarding
    from pg_roles r where r.rolname = current_user`.execute(store.db());
  const { guarding, ...found } = rows[0]!;
  return { ...found, unguarded: triggers.filter((name) => !guarding.includes(name)) };
}
