import type { BackupPlan, BackupRule, BackupVaultListMember, CopyJob, ProtectedResource } from '@aws-sdk/client-backup';
import { tenth } from '../aws/worst.ts';
import { few } from '../facts/few.ts';
import { isCalled, isOfKind, labelOf } from './names.ts';
import type { BackupTarget } from './params.ts';
import type { Read } from './read.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface Aged {
  name: string;
  /** Undefined = there is none. */
  at: Date | undefined;
}

/** How old the newest of each is, against a limit. Nothing at all is older than any limit. */
function ageFacts(all: Aged[], limitMs: number, now: Date) {
  const ages = all.map(({ name, at }) => ({ name, ms: at ? now.getTime() - at.getTime() : Number.POSITIVE_INFINITY }));
  const oldestFirst = ages.toSorted((a, b) => b.ms - a.ms);
  const dated = oldestFirst.filter(({ ms }) => Number.isFinite(ms));
  const inWords = ({ name, ms }: { name: string; ms: number }) =>
    Number.isFinite(ms) ? `${name} ${tenth(ms / hourMs)} h` : `${name} never`;
  return {
    overdue: few(oldestFirst.filter(({ ms }) => ms > limitMs).map(inWords)),
    oldest_h: dated[0] ? tenth(dated[0].ms / hourMs) : null,
    oldest_of: dated[0]?.name ?? null,
  };
}

/** Of protected resources that the check judges. */
export function resourceFacts(
  judged: ProtectedResource[],
  complete: boolean,
  { rpo, resources }: BackupTarget,
  now: Date,
) {
  const { overdue, oldest_h, oldest_of } = ageFacts(
    judged.map((resource) => ({ name: labelOf(resource), at: resource.LastBackupTime })),
    rpo,
    now,
  );
  const missing = (resources ?? []).filter((name) => !judged.some((resource) => isCalled(resource, name)));
  return {
    protected: complete ? judged.length : null,
    overdue: complete || overdue.length > 0 ? overdue : null,
    missing: complete || missing.length === 0 ? few(missing) : null,
    oldest_h: complete ? oldest_h : null,
    oldest_of: complete ? oldest_of : null,
  };
}

/** Kinds that are asked for and of which nothing is protected: misspelt, or never put into a plan. */
export function kindFacts({ items, complete }: Read<ProtectedResource>, { types = [] }: BackupTarget) {
  const missing = types.filter((kind) => !items.some((resource) => isOfKind(resource, kind)));
  return { types_missing: complete || missing.length === 0 ? few(missing) : null };
}

const regionOf = (arn: string | undefined) => arn?.split(':')[3];

/** The newest copy in another region of each resource. */
export function copyAgeFacts(
  judged: ProtectedResource[],
  copies: (CopyJob & { CreationDate: Date })[],
  { copyRpo, complete, region, now }: { copyRpo: number; complete: boolean; region: string; now: Date },
) {
  const newest = (arn: string | undefined) =>
    copies
      .filter((job) => job.State === 'COMPLETED' && job.ResourceArn === arn)
      .filter((job) => regionOf(job.DestinationBackupVaultArn) !== region)
      .reduce<Date | undefined>(
        (best, { CreationDate }) => (best && best > CreationDate ? best : CreationDate),
        undefined,
      );
  const { overdue, oldest_h } = ageFacts(
    judged.map((resource) => ({ name: labelOf(resource), at: newest(resource.ResourceArn) })),
    copyRpo,
    now,
  );
  return {
    copies_overdue: complete || overdue.length === 0 ? overdue : null,
    copy_oldest_h: complete ? oldest_h : null,
  };
}

export function vaultFacts({ items, complete }: Read<BackupVaultListMember>, wanted: string[] = []) {
  const missing = wanted.filter((name) => !items.some(({ BackupVaultName }) => BackupVaultName === name));
  return {
    vaults: complete ? items.length : null,
    vaults_missing: complete || missing.length === 0 ? few(missing) : null,
    vaults_empty: few(
      items
        .filter(({ NumberOfRecoveryPoints }) => NumberOfRecoveryPoints === 0)
        .map((vault) => vault.BackupVaultName ?? ''),
    ),
  };
}

export function planFacts({ items, complete }: Read<BackupPlan>, wanted: Record<string, number> = {}) {
  const named = (name: string) => items.find(({ BackupPlanName }) => BackupPlanName === name);
  const missing = Object.keys(wanted).filter((name) => !named(name));
  const short = Object.entries(wanted).flatMap(([name, ms]) => {
    const plan = named(name);
    const days = plan && longestKept(plan);
    return days !== undefined && days * dayMs < ms ? [`${name} ${days} d (want ${Math.ceil(ms / dayMs)} d)`] : [];
  });
  return {
    plans: few(
      items.flatMap((plan) => (plan.Rules ?? []).map((rule) => `${plan.BackupPlanName}: ${ruleInWords(rule)}`)),
    ),
    plans_missing: complete || missing.length === 0 ? few(missing) : null,
    kept_too_short: complete || short.length > 0 ? few(short) : null,
  };
}

/** Days of the rule that keeps its backups the longest; a rule without an end keeps them for ever. */
function longestKept({ Rules = [] }: BackupPlan): number {
  return Math.max(0, ...(Rules ?? []).map(({ Lifecycle }) => Lifecycle?.DeleteAfterDays ?? Number.POSITIVE_INFINITY));
}

function ruleInWords({
  RuleName,
  ScheduleExpression,
  TargetBackupVaultName,
  Lifecycle,
  CopyActions,
}: BackupRule): string {
  const kept = (days: number | undefined) => (days === undefined ? 'kept for ever' : `kept ${days} d`);
  const cold = Lifecycle?.MoveToColdStorageAfterDays;
  return [
    `${RuleName} ${ScheduleExpression ?? 'at any time'} to ${TargetBackupVaultName}`,
    kept(Lifecycle?.DeleteAfterDays),
    ...(cold === undefined ? [] : [`cold after ${cold} d`]),
    ...(CopyActions ?? []).map(
      (copy) => `copy to ${regionOf(copy.DestinationBackupVaultArn)} ${kept(copy.Lifecycle?.DeleteAfterDays)}`,
    ),
  ].join(', ');
}
