import type { SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import type { HomePart } from '../../kernel/home.ts';
import { type CheckReport, countOutcomes, type HealthReport, outcomes, verdictOf } from '../model.ts';
import type { Silence } from '../silences/model.ts';
import { mergeStrips, type Strip } from '../strips.ts';
import { forSlack, silenceWords, unmuteButton } from './silence.ts';
import { context, declareButton, plain, rowText, section } from './slack.ts';
import { outcomeStrip } from './sparkline.ts';
import { countsLine, faces, headingOf } from './words.ts';

/** Ids of the viewer's checks. `unknown`: there may be more, Slack didn't tell who is in some group, with its words. */
export interface Owned {
  ids: ReadonlySet<string>;
  unknown?: string | undefined;
}

export interface HealthOnHome {
  report: HealthReport;
  strips: ReadonlyMap<string, Strip>;
  /** Owners of groups, by id. */
  owners: ReadonlyMap<string, string | undefined>;
  owned: Owned;
  /** What the viewer has muted. */
  silences: readonly Silence[];
  may: { mute: boolean; endMaintenance: boolean };
  now: Date;
}

const LIMIT = { mine: 9, silences: 8, groups: 18, rowsOfGroup: 5, boardBlocks: 50, quietLines: 40, linesOfSection: 12 };
/** Columns that a phone shows on one line: an hour each. */
const PHONE = 24;

/** The checks on App Home: the verdict, what is the viewer's, and all groups, worst first. Pure. */
export function healthOnHome(shown: HealthOnHome): HomePart {
  const { report } = shown;
  const measured = report.checks.some(({ attempts }) => attempts > 0);
  return {
    head: headOf(report, measured),
    mine: mineOf(shown),
    nothingMine: nothingMine(shown.owned),
    board: boardOf(shown),
    ...(measured && { asOf: report.started_at }),
  };
}

function headOf(report: HealthReport, measured: boolean): SlackBlock[] {
  const again = { type: 'button', action_id: 'health.again', text: plain('Run again'), value: '' };
  const { mark } = faces[headingOf(report)];
  const { length } = report.checks;
  const words = measured
    ? `${mark} *${countsLine(report.counts)}*`
    : `⏳ ${length} ${length === 1 ? 'check' : 'checks'}, none measured yet`;
  const warnings = (report.warnings ?? []).map((warning) => context(`⚠️ ${escapeSlack(warning)}`));
  return [{ ...section(words), accessory: again }, ...warnings];
}

function needsLook({ outcome }: CheckReport): boolean {
  return outcome !== 'ok' && outcome !== 'blocked' && outcome !== 'muted';
}

function mineOf({ report, strips, owned, silences, may, now }: HealthOnHome): SlackBlock[] {
  const checks = report.checks.filter(({ id }) => owned.ids.has(id));
  const bad = checks.filter(needsLook);
  const blocks = bad.slice(0, LIMIT.mine).flatMap((check) => {
    const row = checkRow(check, strips, now);
    return may.mute ? [row, rowActions(check)] : [row];
  });
  if (bad.length > LIMIT.mine) blocks.push(context(`… and ${bad.length - LIMIT.mine} more of yours: \`/ops health\``));
  const quiet = checks.filter((check) => !needsLook(check));
  if (quiet.length > 0) {
    const [names, more] = [quiet.slice(0, 12).map(({ id }) => escapeSlack(id)), quiet.length - 12];
    const end = more > 0 ? ` … and ${more} more` : '';
    blocks.push(context(`${countsLine(countOutcomes(quiet))}: ${names.join(', ')}${end}`));
  }
  const writing = forSlack(now);
  for (const silence of silences.slice(0, LIMIT.silences)) {
    const words = section(
      `🔕 ${silence.kind === 'mute' ? 'You muted' : 'Your maintenance of'} ${silenceWords(silence, writing)}`,
    );
    const label = silence.kind === 'mute' ? 'Unmute' : 'End';
    const mayEnd = silence.kind === 'mute' ? may.mute : may.endMaintenance;
    blocks.push(mayEnd ? { ...words, accessory: unmuteButton(silence.id, label) } : words);
  }
  const more = silences.length - LIMIT.silences;
  if (more > 0) blocks.push(context(`… and ${more} more that you muted: \`/ops maintenance\``));
  if (blocks.length > 0 && owned.unknown !== undefined) {
    blocks.push(context(`⚠️ More checks may be yours. That can't be told now: ${escapeSlack(owned.unknown)}`));
  }
  return blocks;
}

function nothingMine(owned: HealthOnHome['owned']): string {
  if (owned.unknown !== undefined) return `Which checks are yours can't be told now: ${escapeSlack(owned.unknown)}`;
  return 'No check is yours: `owner:` in ops.yml names people and user groups. You have muted nothing.';
}

interface GroupBoard {
  id: string;
  checks: CheckReport[];
  bad: CheckReport[];
  /** Its mark, name, counts and owner, and its strip. */
  line: string;
}

function boardOf({ report, strips, owners, now }: HealthOnHome): SlackBlock[] {
  const groups = groupsOf(report, strips, owners);
  const loud = groups.filter(({ bad }) => bad.length > 0);
  const quiet = groups.filter(({ bad }) => bad.length === 0);
  const blocks: SlackBlock[] = [];
  let shown = 0;
  for (const { id, bad, line } of loud) {
    const rows = bad.slice(0, LIMIT.rowsOfGroup).map((check) => checkRow(check, strips, now));
    const more = bad.length - rows.length;
    if (more > 0) rows.push(context(`… and ${more} more in ${escapeSlack(id)}: \`/ops health ${escapeSlack(id)}\``));
    if (shown === LIMIT.groups || blocks.length + rows.length + 1 > LIMIT.boardBlocks) break;
    blocks.push(section(line), ...rows);
    shown += 1;
  }
  if (loud.length > shown) blocks.push(context(leftOut(loud.slice(shown))));
  const lines = quiet.slice(0, LIMIT.quietLines).map(({ line }) => line);
  for (let from = 0; from < lines.length; from += LIMIT.linesOfSection) {
    blocks.push(section(lines.slice(from, from + LIMIT.linesOfSection).join('\n')));
  }
  if (quiet.length > lines.length) blocks.push(context(leftOut(quiet.slice(lines.length))));
  return blocks;
}

function leftOut(groups: readonly GroupBoard[]): string {
  const counts = countsLine(countOutcomes(groups.flatMap(({ checks }) => checks)));
  return `… and ${groups.length} more ${groups.length === 1 ? 'group' : 'groups'} (${counts}): \`/ops health\``;
}

/** Worst first, then the ones with more to look at. */
function groupsOf(report: HealthReport, strips: HealthOnHome['strips'], owners: HealthOnHome['owners']): GroupBoard[] {
  const byGroup = Map.groupBy(report.checks, ({ group }) => group);
  const groups = [...byGroup].map(([id, checks]) => {
    const counts = countOutcomes(checks);
    const heading = headingOf({ verdict: verdictOf(counts), checks });
    const strip = stripOf(mergeStrips(checks.map((check) => strips.get(check.id) ?? [])));
    const owner = owners.get(id);
    const about = [countsLine(counts), owner === undefined ? '' : escapeSlack(owner), strip].filter(Boolean);
    const line = `${faces[heading].mark} *${escapeSlack(id)}* · ${about.join(' · ')}`;
    return { id, checks, bad: checks.filter(needsLook), heading, line };
  });
  return groups.toSorted(
    (a, b) =>
      outcomes.indexOf(a.heading) - outcomes.indexOf(b.heading) ||
      b.bad.length - a.bad.length ||
      a.id.localeCompare(b.id),
  );
}

/** A check that needs a look, with its last 24 hours and the way to all that is known of it. */
function checkRow(check: CheckReport, strips: HealthOnHome['strips'], now: Date): SlackBlock {
  const strip = stripOf(strips.get(check.id) ?? []);
  const text = [rowText(check, now), strip && `${strip} last 24 h`].filter(Boolean).join('\n');
  return {
    ...section(text),
    accessory: { type: 'button', action_id: 'health.details', text: plain('Details'), value: check.id },
  };
}

function stripOf(strip: Strip): string {
  return strip.some((outcome) => outcome !== null) ? `\`${outcomeStrip(strip, PHONE)}\`` : '';
}

/** To mute it and, where it fails, to declare an incident from it: both take the role responder. */
function rowActions({ id, outcome }: CheckReport): SlackBlock {
  const button = (action: string, label: string) => {
    return { type: 'button', action_id: action, text: plain(label), value: id };
  };
  return {
    type: 'actions',
    elements: [
      ...(outcome === 'fail' ? [declareButton(id)] : []),
      button('health.mute1h', 'Mute 1 h'),
      button('health.mute4h', 'Mute 4 h'),
    ],
  };
}
