import type { MaintenanceWindow } from '../../config/model.ts';
import type { Post, Reply, SlackBlock } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import type { Silence } from '../silences/model.ts';
import type { MaintenancePlan } from '../silences/plan.ts';
import { forSlack, forTerminal, silenceWords, unmuteButton, type Writing } from './silence.ts';
import { context, plain, section } from './slack.ts';

/** Rows of each kind; a message takes 50 blocks. */
const ROWS = 15;
const nothing = 'No maintenance now, and none planned within a week';

/** What keeps checks quiet now, and what will within a week. */
export function maintenanceReply(plan: MaintenancePlan, now: Date, place: Reply['place']): Reply {
  return {
    place,
    slack: () => maintenancePost(plan, now),
    terminal: (style) => maintenanceText(plan, forTerminal(now, style)),
    json: () => planJson(plan),
  };
}

function maintenancePost(plan: MaintenancePlan, now: Date): Post {
  const writing = forSlack(now);
  const { silences } = plan;
  const open = openLines(plan, writing);
  const upcoming = upcomingLines(plan, writing);
  if (silences.length + open.length + upcoming.length === 0)
    return { text: nothing, blocks: [section(nothing), beginButton] };
  const head = headOf(plan);
  const blocks: SlackBlock[] = [section(`*${head}*`)];
  for (const [n, silence] of silences.slice(0, ROWS).entries()) {
    const label = silence.kind === 'mute' ? 'Unmute' : 'End';
    blocks.push({ ...section(whichWords(silence, writing)), accessory: unmuteButton(silence.id, label, n) });
  }
  const more = silences.length - ROWS;
  if (more > 0) blocks.push(context(`… and ${more} more; \`rounds maintenance\` lists all`));
  if (open.length > 0) blocks.push(section(some(open)));
  if (upcoming.length > 0) blocks.push(section(`*Within a week*\n${some(upcoming)}`));
  return { text: head, blocks: [...blocks, beginButton] };
}

/** Opens the dialog of `maintenance begin`. */
const beginButton: SlackBlock = {
  type: 'actions',
  elements: [{ type: 'button', action_id: 'maintenance.begin', text: plain('Begin maintenance'), value: '' }],
};

/** "🔕 1 in maintenance, 2 muted now". */
function headOf({ silences, open }: MaintenancePlan): string {
  const muted = silences.filter(({ kind }) => kind === 'mute').length;
  const working = silences.length - muted + open.length;
  const counts = [working > 0 ? `${working} in maintenance` : '', muted > 0 ? `${muted} muted` : ''].filter(Boolean);
  return counts.length > 0 ? `🔕 ${counts.join(', ')} now` : '🔔 No maintenance now';
}

/** "maintenance of group data until …", "mute of check api until …". */
function whichWords(silence: Silence, writing: Writing): string {
  return `${silence.kind} of ${silenceWords(silence, writing)}`;
}

function maintenanceText(plan: MaintenancePlan, writing: Writing): string {
  const now = [
    ...plan.silences.map((silence) => `${silence.id}  ${whichWords(silence, writing)}`),
    ...openLines(plan, writing),
  ];
  const upcoming = upcomingLines(plan, writing);
  if (now.length + upcoming.length === 0) return nothing;
  const lines = now.length > 0 ? ['Now', ...now.map((line) => `  ${line}`)] : ['No maintenance now'];
  if (upcoming.length > 0) lines.push('Within a week', ...upcoming.map((line) => `  ${line}`));
  return lines.join('\n');
}

function openLines({ open }: MaintenancePlan, writing: Writing): string[] {
  return open.map(({ window, until }) => `${windowWords(window, writing)} until ${writing.time(until)}`);
}

function upcomingLines({ upcoming }: MaintenancePlan, writing: Writing): string[] {
  return upcoming.map(({ window, from }) => {
    return `${windowWords(window, writing)} at ${writing.time(from)} for ${formatDuration(window.forMs)}`;
  });
}

/** "patches: group data (not measured)". */
function windowWords({ id, match: { group, check }, mode }: MaintenanceWindow, { text }: Writing): string {
  const over = [group === undefined ? '' : `group ${text(group)}`, check === undefined ? '' : `check ${text(check)}`];
  const skipped = mode === 'skip' ? ' (not measured)' : '';
  return `${text(id)}: ${over.filter(Boolean).join(', ')}${skipped}`;
}

function some(lines: readonly string[]): string {
  const more = lines.length > ROWS ? [`… and ${lines.length - ROWS} more`] : [];
  return [...lines.slice(0, ROWS), ...more].join('\n');
}

/** The shape is a promise to scripts: keys are only ever added. */
function planJson({ silences, open, upcoming }: MaintenancePlan): unknown {
  const windowJson = ({ id, match, mode }: MaintenanceWindow) => ({ id, match, mode });
  return {
    silences: silences.map(({ id, kind, target, mode, from, until, reason, by }) => {
      return { id, kind, target, mode, from, until, reason: reason ?? null, by: by.name };
    }),
    open: open.map(({ window, until }) => ({ ...windowJson(window), until })),
    upcoming: upcoming.map(({ window, from, until }) => ({ ...windowJson(window), from, until })),
  };
}
