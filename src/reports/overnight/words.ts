import type { FailureCount } from '../../health/failures.ts';
import type { CheckReport } from '../../health/model.ts';
import type { SeverityCount } from '../../incidents/between.ts';
import { sources } from '../../incidents/proposals/model.ts';
import type { ProposalCount } from '../../incidents/proposals/store.ts';
import { formatDuration } from '../../kernel/duration.ts';

/** "0 P1, 1 P2 (resolved)"; severities that were asked for are there with nothing, too. Empty = none at all. Pure. */
export function severityWords(counts: readonly SeverityCount[], asked: readonly string[] = []): string {
  const names = [
    ...new Set([...asked, ...counts.filter(({ declared }) => declared > 0).map(({ severity }) => severity)]),
  ];
  return names
    .map((name) => {
      const count = counts.find(({ severity }) => severity === name);
      const said = `${count?.declared ?? 0} ${name.toUpperCase()}`;
      return count && count.declared > 0 ? `${said} (${becameWords(count)})` : said;
    })
    .join(', ');
}

function becameWords({ declared, resolved }: SeverityCount): string {
  if (resolved === declared) return 'resolved';
  return resolved === 0 ? 'open' : `${resolved} resolved, ${declared - resolved} open`;
}

/** As rows of the full table. Pure. */
export function severityRows(counts: readonly SeverityCount[]): (string | number | null)[][] {
  return counts.map(({ label, declared, resolved, falseAlarms, olderResolved, open, acknowledgedMs, pages }) => [
    ...[label, declared, resolved, falseAlarms, olderResolved, open],
    acknowledgedMs === null ? null : formatDuration(Math.max(0, acknowledgedMs)),
    pages,
  ]);
}

export const severityColumns = [
  ...['Severity', 'Declared', 'Of these over', 'False alarms', 'Older ones over', 'Open now'],
  ...['Acknowledged after (median)', 'Pages'],
];

/** What a check of PagerDuty found, `of` how far back it looks, ms. Pure. */
export function pagerDutyWords({ id, facts }: Pick<CheckReport, 'id' | 'facts'>, ofMs: number | undefined): string {
  const within = ofMs === undefined ? '' : ` within ${formatDuration(ofMs)}`;
  const { open, triggered, acknowledged, resolved, notifications, people_paged, paged } = facts;
  const parts = [
    isNumber(notifications) && isNumber(people_paged)
      ? `${many(notifications, 'page')} to ${many(people_paged, 'person', 'people')}${within}${namesIn(paged)}`
      : '',
    isNumber(open) && isNumber(triggered) && isNumber(acknowledged)
      ? open === 0
        ? 'none open'
        : `${open} open (${triggered} not acknowledged)`
      : '',
    isNumber(resolved) ? `${resolved} resolved` : '',
  ].filter(Boolean);
  return `PagerDuty (${id}): ${parts.length > 0 ? parts.join(', ') : 'it said nothing of pages'}`;
}

/** What a check of Alertmanager found. Pure. */
export function alertmanagerWords({ id, facts }: Pick<CheckReport, 'id' | 'facts'>, ofMs: number | undefined): string {
  const { firing, critical, started, started_critical, silenced } = facts;
  const within = ofMs === undefined ? '' : ` within ${formatDuration(ofMs)}`;
  const parts = [
    isNumber(firing) ? `${firing} firing${isNumber(critical) && critical > 0 ? ` (${critical} critical)` : ''}` : '',
    isNumber(started)
      ? `${started} of them began${within}${isNumber(started_critical) && started_critical > 0 ? ` (${started_critical} critical)` : ''}`
      : '',
    isNumber(silenced) && silenced > 0 ? `${silenced} silenced` : '',
  ].filter(Boolean);
  return `Alertmanager (${id}): ${parts.join(', ')}`;
}

/** "3 checks failed, 2 recovered, longest main-db 42 min"; empty = none. Pure. */
export function failureWords({ failed, recovered, longest }: FailureCount, now: Date): string {
  if (failed + recovered === 0) return '';
  const said = [`${many(failed, 'failure')} of checks`, `${recovered} recovered`];
  if (longest) {
    const took = formatDuration((longest.to ?? now).getTime() - longest.from.getTime());
    said.push(`longest ${longest.check} ${took}${longest.to ? '' : ' and still failing'}`);
  }
  return said.join(', ');
}

/** "Alertmanager reported 3: 1 declared, 1 dismissed, 1 nobody has looked at". Pure. */
export function proposalWords({ source, reported, declared, dismissed, waiting, passed }: ProposalCount): string {
  const parts = [
    [declared, 'declared'],
    [dismissed, 'dismissed'],
    [passed, 'over by themselves'],
    [waiting, 'going on that nobody has looked at'],
  ] as const;
  const said = parts.flatMap(([count, words]) => (count > 0 ? [`${count} ${words}`] : []));
  return `${sources[source]} reported ${reported}: ${said.join(', ')}`;
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function many(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

function namesIn(paged: unknown): string {
  return Array.isArray(paged) && paged.length > 0 ? ` (${paged.slice(0, 3).map(String).join(', ')})` : '';
}
