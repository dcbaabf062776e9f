import type { AuditOwnership } from '../../audit/ownership.ts';
import type { SentHead } from '../../audit/sent.ts';
import type { Clock } from '../../kernel/clock.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { type Found, ok, type Part, problem, warn } from '../model.ts';

interface AuditOptions {
  ownership(): Promise<AuditOwnership>;
  /** AUDIT_SIGNING_KEY is set. */
  signed: boolean;
  /** The last signed head that left. */
  lastHead(): Promise<SentHead | undefined>;
  /** Where the next will be posted. */
  channel: string | undefined;
  /** It gets into the log: LOG_LEVEL is not above `warn`. */
  logged: boolean;
  clock: Clock;
  /** An embedded database has one role only. */
  embedded: boolean;
  /** Somebody tries Rounds out: nobody needs to trust its audit. */
  tryOut: boolean;
}

/** A day, the hour that a change of the clock adds, and one to be late. */
const headEveryMs = 26 * 3_600_000;

/** Whether the bot itself could rewrite its audit, and whether a signed head would show it. */
export function auditPart(options: AuditOptions): Part {
  const { ownership, signed, embedded, tryOut } = options;
  return {
    name: 'audit',
    look: async () => {
      const owned = ownershipOf(await ownership(), embedded);
      if (signed) return [...owned, ...headFound(await options.lastHead(), options)];
      if (tryOut) return [...owned, ok('its head is not signed: AUDIT_SIGNING_KEY is not set')];
      const unsigned = 'AUDIT_SIGNING_KEY is not set: a cut tail or a full rewrite could not be shown';
      return [...owned, warn(unsigned, 'make a key with `npx rounds audit key` and set it')];
    },
  };
}

/** When and where the last head went, and whether the next has where to go. */
function headFound(last: SentHead | undefined, { channel, logged, clock }: AuditOptions): Found[] {
  const found: Found[] = [];
  if (channel === undefined) {
    const where = logged ? 'goes into the log alone' : 'goes nowhere: LOG_LEVEL keeps it out of the log, too';
    found.push(warn(`no channel is set for its signed head, which ${where}`, 'set slack.audit in ops.yml'));
  }
  if (last === undefined) return [...found, ok('its head is signed every day at 06:00; none was so far')];
  const agoMs = clock.now().getTime() - last.at.getTime();
  const ago = agoMs < 60_000 ? 'just now' : `${formatDuration(agoMs)} ago`;
  const into = [last.channel && `to ${last.channel.name}`, logged && 'into the log'].filter(Boolean).join(' and ');
  const said = `its last signed head, of row ${last.seq}, went ${into || 'nowhere'} ${ago}`;
  if (last.channel?.posted === false) {
    return [...found, warn(`${said}, but is not posted yet`, 'see the parts channels and queue')];
  }
  if (agoMs > headEveryMs)
    return [...found, warn(said, 'one is due every day at 06:00: see the parts schedules and queue')];
  return [...found, ok(said)];
}

function ownershipOf(ownership: AuditOwnership, embedded: boolean): Found[] {
  const { role, unguarded, appendsAsOwner } = ownership;
  const found: Found[] = [];
  if (unguarded.length > 0) {
    // Each trigger is named after its table.
    const statements = unguarded.map(
      (name) => `alter table ${/^audit_[a-z]+/.exec(name)?.[0]} enable always trigger ${name};`,
    );
    const fix = `find out who turned them off, then as the owner: ${statements.join(' ')} (one that was dropped: create it first, as in src/store/migrations/003_audit.sql)`;
    found.push(problem(`nothing keeps the audit append-only: ${unguarded.join(', ')} missing or turned off`, fix));
  }
  if (!appendsAsOwner) {
    const fix = 'find out who changed it; docs/audit.md has who should own it';
    found.push(problem('audit_append is missing, or does not run with the rights of its owner any more', fix));
  }
  if (embedded) return [...found, ok('the bot owns its tables, as the embedded database has one role only')];
  const powers = powersOf(ownership);
  if (powers.length === 0) return [...found, ok(`the role ${role} can append to it, not change it`)];
  const fix = 'let another role own the audit; docs/audit.md has the grants';
  return [...found, warn(`the role ${role} could change or drop it: ${powers.join('; ')}`, fix)];
}

/** What stands between the bot's role and an audit that it can't change. */
function powersOf({ superuser, owns, writes, grantsItself }: AuditOwnership): string[] {
  if (superuser) return ['it is a superuser'];
  return [
    ...(owns.length > 0 ? [`it owns the ${owns.join(', the ')}`] : []),
    ...(writes.length > 0 ? [`it was granted ${writes.join(', ')}`] : []),
    ...(grantsItself ? ['it has CREATEROLE, so it can make itself a member of the owning role'] : []),
  ];
}
