import { stringify } from 'yaml';
import type { AwsSettings } from '../kernel/aws.ts';
import { plainLine } from '../kernel/plain.ts';
import type { Draft, DraftSection } from './drafts.ts';

export interface Rendering {
  sections: readonly DraftSection[];
  /** Places by account and region, and the number of the account there, as AWS says it. */
  places: readonly { account: string | undefined; region: string; number: string }[];
  /** Places of which nothing could be read: a line each. */
  unreached: readonly string[];
  aws: AwsSettings;
  at: Date;
  /** Why a check can't be on, by its id. */
  refused?: ReadonlyMap<string, string>;
}

const longest = 220;

/** The text of an ops.yml: what was found, each with a comment; what could not be read, as comments. Pure. */
export function renderOps({ sections, places, unreached, aws, at, refused = new Map() }: Rendering): string {
  const unread = sections.filter((section) => section.unread);
  const groups = [
    ...new Set(sections.filter(({ drafts }) => drafts.length > 0).map(({ discovery }) => discovery.group)),
  ];
  const lines = [
    ...commented([
      `A first config, written by \`rounds discover aws\` on ${at.toISOString().slice(0, 10)}: a check for each thing that was found in`,
      ...places.map(
        ({ account, region, number }) =>
          `  ${account ?? 'the account of the bot’s own credentials'} (${number}), ${region}`,
      ),
      'Delete what nobody would get up for, say whose it is, then: rounds check-config · rounds iam-policy · rounds shadow --for 24h',
    ]),
    ...(unread.length + unreached.length > 0
      ? [
          '#',
          ...commented([
            'NOT EVERYTHING WAS READ, so something may be missing:',
            ...unreached.map(indented),
            ...unread.map(unreadLine).map(indented),
          ]),
        ]
      : []),
    '',
    'version: 1',
    '',
    ...commented(['team: { name: Operations, zone: Europe/Berlin }', 'slack: { alerts: "#alerts" }']),
    '',
    ...accountLines(places, aws),
    'defaults: { every: 5m, timeout: 10s }',
    '',
    ...(groups.length > 0 ? ['groups:', ...groups.sort().map((group) => `  ${group}: {} # owner: "@team"`), ''] : []),
    'checks:',
    ...sections.flatMap((section) => sectionLines(section, refused)),
  ];
  return `${lines.join('\n')}\n`;
}

function accountLines(places: Rendering['places'], aws: AwsSettings): string[] {
  const named = [...new Set(places.flatMap(({ account }) => account ?? []))].sort();
  const accounts = named.flatMap((name) => {
    const account = aws.accounts.get(name);
    if (!account) return [];
    const { role, externalId, region } = account;
    return [[name, { role, ...(externalId !== undefined && { external_id: externalId }), ...(region && { region }) }]];
  });
  if (accounts.length === 0) return [];
  return [...written({ aws: { accounts: Object.fromEntries(accounts) } }, ''), ''];
}

function sectionLines(section: DraftSection, refused: ReadonlyMap<string, string>): string[] {
  const { discovery, place, drafts, remarks, unread } = section;
  const where = [place.account, place.region].filter((part) => part !== undefined).join(', ');
  if (unread) return ['', ...commented([`--- ${discovery.service} (${where}): not read, see the top`], '  ')];
  if (drafts.length === 0 && remarks.length === 0) return [];
  const head = `--- ${discovery.service} (${where})`;
  return [
    '',
    ...commented([head, ...remarks], '  '),
    ...drafts.flatMap((draft) => draftLines(draft, refused.get(draft.id))),
  ];
}

function draftLines({ entry, comment, off }: Draft, refusal: string | undefined): string[] {
  const why = refusal === undefined ? [] : [`Not on, since it does not fit: ${refusal}`];
  const entryLines = written([entry], '');
  const asItIs =
    off || refusal !== undefined ? entryLines.map((line) => `  # ${line}`) : entryLines.map((line) => `  ${line}`);
  return ['', ...commented([...comment, ...why], '  '), ...asItIs];
}

function unreadLine({ unread, discovery, place }: DraftSection): string {
  if (!unread) return '';
  const next = unread.next ? ` → ${unread.next}` : '';
  return `${discovery.service} in ${place.account === undefined ? '' : `${place.account}, `}${place.region}: ${unread.why}${next}`;
}

/** Foreign text stays behind its mark: no line breaks, no control characters. */
function commented(lines: readonly string[], indent = ''): string[] {
  return lines.map((line) =>
    `${indent}# ${plainLine(line)
      .replaceAll(/[\u2028\u2029\ufeff]/g, ' ')
      .slice(0, longest)
      .toWellFormed()}`.trimEnd(),
  );
}

function indented(line: string): string {
  return `  ${line}`;
}

function written(value: unknown, indent: string): string[] {
  return stringify(value, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => `${indent}${line}`);
}
