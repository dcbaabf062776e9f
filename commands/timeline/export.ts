import { type Incident, type IncidentEvent, nameOf } from '../../src/incidents/model.ts';
import { timelineJson } from '../../src/incidents/timeline/json.ts';
import { timelineMarkdown } from '../../src/incidents/timeline/markdown.ts';
import { mentioned } from '../../src/incidents/timeline/words.ts';
import type { Reply, TextFile } from '../../src/kernel/command.ts';
import { OpsError } from '../../src/kernel/errors.ts';
import { escapeSlack } from '../../src/kernel/escape.ts';
import type { Context } from '../incident/meant.ts';

type Format = 'md' | 'json';
interface Whole {
  incident: Incident;
  events: IncidentEvent[];
}

/** What checks did before somebody noticed belongs to it, too. */
const beforeMs = 30 * 60_000;

/** `--export md`, `--export=json`, `--markdown`; Slack makes `—` of `--`. */
export function formatOf(args: readonly string[]): { words: string[]; format: Format | undefined } {
  const text = args.join(' ');
  const [said, option, format] = asked.exec(text) ?? [];
  if (said === undefined) return { words: [...args], format: undefined };
  return { words: text.replace(said, ' ').split(/\s+/).filter(Boolean), format: formatNamed(option ?? format) };
}
const asked = /(?:^|\s)(?:--|—)(?:(markdown|json)|export(?:[= ]\s*(\w+))?)(?=\s|$)/i;

function formatNamed(word = 'md'): Format {
  const format = { md: 'md', markdown: 'md', json: 'json' }[word.toLowerCase()];
  if (format === 'md' || format === 'json') return format;
  throw new OpsError('invalid', 'Export it as what?', { hint: '`--export md` or `--export json`' });
}

/** The whole timeline: printed in a terminal, a file below the answer in Slack. */
export async function exported(ctx: Context, whole: Whole, format: Format): Promise<Reply> {
  const { incident } = whole;
  const { team } = ctx.services.ops;
  const json = await jsonOf(ctx, whole);
  const text = format === 'json' ? () => JSON.stringify(json(), null, 2) : await markdownOf(ctx, whole, team.zone);
  const isHome = incident.home !== undefined && incident.home.channel === ctx.channel;
  if (ctx.face === 'slack' && (incident.private || incident.phi) && !isHome) {
    const why = incident.private ? 'is private' : 'may involve PHI';
    throw new OpsError('invalid', `${nameOf(incident)} ${why}: its timeline is exported in its own channel`, {
      hint: 'Ask there, or in a terminal',
    });
  }
  const head = `Timeline of ${nameOf(incident)} ${incident.label}: ${incident.title}`;
  const name = `timeline-${nameOf(incident)}.${format}`;
  const file = (): TextFile => ({ name, title: head, text: text() });
  const said = `${escapeSlack(head)}: ${whole.events.length} entries, as a file below`;
  return {
    place: 'channel',
    slack: () => ({ text: said, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: said } }] }),
    files: async () => [file()],
    terminal: () => text().trimEnd(),
    json,
  };
}

export async function jsonOf(ctx: Context, { incident, events }: Whole): Promise<() => unknown> {
  const besides = await besidesOf(ctx, { incident, events });
  return () => timelineJson(incident, events, besides);
}

async function markdownOf(ctx: Context, { incident, events }: Whole, zone: string): Promise<() => string> {
  const besides = await besidesOf(ctx, { incident, events });
  return () => timelineMarkdown(incident, events, zone, besides);
}

/** What people are called, and which checks failed meanwhile. */
async function besidesOf({ services, clock }: Context, { incident, events }: Whole) {
  const from = new Date(incident.declaredAt.getTime() - beforeMs);
  const [names, checks] = await Promise.all([
    services.incidents.timeline.names(mentioned(events)),
    services.health.failures(from, incident.resolved?.at ?? clock.now()),
  ]);
  return { checks, nameOf: (id: string) => names.get(id) };
}
