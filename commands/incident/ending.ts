import { readEnding, resolveFields } from '../../src/incidents/after/resolve-form.ts';
import { paperName } from '../../src/incidents/after/views.ts';
import type { Ending } from '../../src/incidents/end.ts';
import { type Incident, nameOf, numberOf } from '../../src/incidents/model.ts';
import { askToResolvePost } from '../../src/incidents/views/answer.ts';
import { context } from '../../src/incidents/views/blocks.ts';
import type { Reply } from '../../src/kernel/command.ts';
import { formatDuration } from '../../src/kernel/duration.ts';
import { OpsError } from '../../src/kernel/errors.ts';
import { defineForm } from '../../src/kernel/form.ts';
import type { Services } from '../../src/services.ts';
import { clocksAfter } from '../../src/severities/decide.ts';
import { askerOf, type Context, changed, named, which } from './meant.ts';

/** Asks for the cause and what keeps it from happening again; one submit ends it once. */
export const resolveForm = defineForm<Services, Omit<Ending, 'id' | 'key'>>({
  ...{ title: 'Resolve an incident', button: 'Resolve', keyed: true, role: 'responder' },
  summary: 'Ends the incident, and its page, and says so to everybody who was told of it',
  open: ({ clock }) => resolveFields({ now: clock.now() }),
  async fill({ services, clock, given, actor }) {
    const meant = { word: given.value || undefined, channel: given.from?.channel, viewer: actor };
    const incident = await services.incidents.which(meant);
    if (incident.resolved) throw new OpsError('conflict', `${nameOf(incident)} is over already`);
    return { items: resolveFields({ incident, now: clock.now() }), value: String(incident.id) };
  },
  read: (values, { clock }) => readEnding(values, clock.now()),
  async submit(ctx, ending) {
    const { id } = await which(ctx, ctx.given.value || undefined);
    return ended(ctx, { ...ending, id, key: `view:${ctx.key}` }, 'asker');
  },
});

/** Words that open the dialog: the incident alone, or nothing. */
export function opensResolve([word, ...rest]: string[]): { form: string; value: string } | undefined {
  if (rest.length > 0 || (word !== undefined && numberOf(word) === undefined)) return undefined;
  return { form: 'resolve', value: word ?? '' };
}

/** `resolve INC-42 rolled back`. Without words, where no dialog could be opened, Slack offers the button that opens it. */
export async function resolve(ctx: Context, rest: string[]): Promise<Reply> {
  await ctx.require('responder');
  const [word, words] = named(rest);
  const incident = await which(ctx, word);
  if (words !== '' || ctx.face === 'terminal' || incident.resolved)
    return ended(ctx, { id: incident.id, words }, 'channel');
  return {
    place: 'asker',
    slack: () => askToResolvePost(incident),
    terminal: () => '',
  };
}

export async function falseAlarm(ctx: Context, word: string | undefined, place: Reply['place']): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await which(ctx, word);
  return ended(ctx, { id, words: '', falseAlarm: true }, place);
}

async function ended(ctx: Context, ending: Ending, place: Reply['place']): Promise<Reply> {
  const { kind, incident } = await ctx.services.incidents.resolve(askerOf(ctx), ending);
  const said = ending.falseAlarm ? 'Closed as a false alarm (/ops incident reopen takes it back)' : 'Resolved';
  if (kind !== 'resolved') return changed(incident, 'It was over already', place);
  return followedBy(changed(incident, said, place), papersDue(incident, ctx));
}

/** `incident report in 24h, post-mortem in 3d`, as its severity asks for; undefined = nothing is to be written. */
function papersDue({ severity: id, resolved }: Incident, { services }: Context): string | undefined {
  const severity = services.severities.find((each) => each.id === id);
  if (!severity || !resolved || resolved.falseAlarm) return undefined;
  const papers = clocksAfter(severity, resolved.at).flatMap(({ name, at }) =>
    name === 'report' || name === 'postmortem'
      ? [`${paperName[name]} in ${formatDuration(at.getTime() - resolved.at.getTime())}`]
      : [],
  );
  return papers.length > 0 ? `Due: ${papers.join(', ')} → /ops postmortem makes the draft` : undefined;
}

function followedBy(reply: Reply, line: string | undefined): Reply {
  if (line === undefined) return reply;
  return {
    ...reply,
    slack: () => {
      const post = reply.slack();
      return { text: `${post.text}\n${line}`, blocks: [...post.blocks, context(line)] };
    },
    terminal: (style) => `${reply.terminal(style)}\n${line}`,
  };
}
