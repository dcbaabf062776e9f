import { sql } from 'kysely';
import type { Store } from '../store/store.ts';

/** How far the database itself holds the bot to append only. */
export interface AuditOwnership {
  /** The bot's role in the database. */
  role: string;
  /** It owns one of the tables, or may act as their owner: it could turn the triggers off. */
  ownsTable: boolean;
  superuser: boolean;
  /** Triggers that are missing or turned off, by table. */
  unguarded: string[];
}

const triggers = ['audit_entry_append_only', 'audit_detail_append_only', 'audit_detail_erase_only', 'audit_head_stays'];

/** For the doctor: whether the bot could rewrite its own audit. */
export async function auditOwnership(store: Pick<Store, 'db'>): Promise<AuditOwnership> {
  const { rows } = await sql<{ role: string; owns: boolean; superuser: boolean; guarding: string[] }>`
    select current_user::text as role,
           (select rolsuper from pg_roles where rolname = current_user) as superuser,
           exists (select 1 from unnest(array['audit_entry', 'audit_detail', 'audit_head']) as t (name)
                   join pg_class c on c.oid = to_regclass(t.name)
                   where pg_has_role(current_user, c.relowner, 'MEMBER')) as owns,
           array(select tgname::text from pg_trigger
                 where tgname = any(${triggers}) and tgenabled = 'A'
                   and tgrelid in (to_regclass('audit_entry'), to_regclass('audit_detail'), to_regclass('audit_head'))
                ) as guarding`.execute(store.db());
  const { role, owns, superuser, guarding } = rows[0]!;
  return { role, ownsTable: owns, superuser, unguarded: triggers.filter((name) => !guarding.includes(name)) };
}
