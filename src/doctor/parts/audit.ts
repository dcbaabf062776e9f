import type { AuditOwnership } from '../../audit/ownership.ts';
import { type Found, ok, type Part, problem, warn } from '../model.ts';

interface AuditOptions {
  ownership(): Promise<AuditOwnership>;
  /** AUDIT_SIGNING_KEY is set. */
  signed: boolean;
  /** An embedded database has one role only. */
  embedded: boolean;
  /** Somebody tries Rounds out: nobody needs to trust its audit. */
  tryOut: boolean;
}

/** Whether the bot itself could rewrite its audit, and whether a signed head would show it. */
export function auditPart({ ownership, signed, embedded, tryOut }: AuditOptions): Part {
  return {
    name: 'audit',
    look: async () => {
      const owned = ownershipOf(await ownership(), embedded);
      if (signed) return [...owned, ok('its head is signed every day')];
      if (tryOut) return [...owned, ok('its head is not signed: AUDIT_SIGNING_KEY is not set')];
      const unsigned = 'AUDIT_SIGNING_KEY is not set: a cut tail or a full rewrite could not be shown';
      return [...owned, warn(unsigned, 'make a key with `npx rounds audit key` and set it')];
    },
  };
}

function ownershipOf({ role, ownsTable, superuser, unguarded }: AuditOwnership, embedded: boolean): Found[] {
  const found: Found[] = [];
  if (unguarded.length > 0) {
    const fix = 'find out who turned them off, then: alter table … enable always trigger …';
    found.push(problem(`nothing keeps the audit append-only: ${unguarded.join(', ')} missing or turned off`, fix));
  }
  if (embedded) return [...found, ok('the bot owns its tables, as the embedded database has one role only')];
  if (!superuser && !ownsTable) return [...found, ok(`the role ${role} can append to it, not change it`)];
  const why = superuser ? 'is a superuser' : 'owns its tables';
  const fix = 'let another role own the audit tables; docs/audit.md has the grants';
  return [...found, warn(`the role ${role} ${why}: it could turn the append-only triggers off`, fix)];
}
