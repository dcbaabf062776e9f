import { personOf } from '../src/incidents/people.ts';
import { handOverFields, readHandOver } from '../src/incidents/roles/form.ts';
import { roles, roleValue } from '../src/incidents/roles/model.ts';
import { rolesPost, rolesText } from '../src/incidents/roles/views.ts';
import { type RoleWords, readRole } from '../src/incidents/roles/words.ts';
import { mention } from '../src/incidents/views/message.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { defineForm } from '../src/kernel/form.ts';
import type { Services } from '../src/services.ts';
import { answered, askerOf, type Context, privately, readIn, which } from './incident/meant.ts';

const usage = '[ROLE [@PERSON [NOTE]] | hand over ROLE @PERSON [NOTE] | give up ROLE] [INC]';
const hint = '`/ops role commander`, `/ops role commander @ben`; roles: commander, communications, operations, scribe';

export default defineCommand<Services>({
  name: 'role',
  helpOrder: 31,
  summary: 'Show who has which role in an incident; take one, give it to somebody, give it up: takes responder',
  usage,
  examples: ['role', 'role commander', 'role commander @ben it is the pool', 'role give up scribe INC-42'],
  role: 'viewer',
  async run(ctx, args) {
    const read = readRole(args);
    if (read.kind === 'unknown') {
      const words = read.word === '' ? 'Which role, and whose is it?' : `"${echo(read.word)}" is no role and nobody`;
      throw new OpsError('invalid', words, { hint });
    }
    return read.kind === 'list' ? list(ctx, read.inc) : change(ctx, read);
  },
  buttons: {
    list: {
      summary: 'Shows who has which role',
      role: 'viewer',
      run: async (ctx, inc) => privately(await list(ctx, inc)),
    },
    claim: {
      summary: 'Takes a role that nobody has',
      role: 'responder',
      run: (ctx, value) => {
        const { id, role } = roleValue(value);
        return change(ctx, { kind: 'claim', role, inc: String(id) });
      },
    },
  },
  forms: {
    handover: defineForm<Services, { who: string | undefined; note: string }>({
      ...{ title: 'Hand a role over', button: 'Hand over', role: 'responder' },
      summary: 'Gives a role to somebody, with what they should know; to nobody, when nobody is chosen',
      open: ({ given }) => handOverFields(roleValue(given.value)),
      // Who may not see the incident learns nothing of it, and whose role it is now is known only to the database.
      fill: async ({ services: { incidents }, actor, given }) => {
        const { id, role } = roleValue(given.value);
        const incident = await incidents.which({ word: String(id), viewer: actor });
        return { items: handOverFields({ id, role }, incident) };
      },
      read: readHandOver,
      submit(ctx, { who, note }) {
        const { id, role } = roleValue(ctx.given.value);
        const inc = String(id);
        if (who === undefined) return change(ctx, { kind: 'vacate', role, note, inc });
        return change(ctx, { kind: 'assign', role, who: personOf(who).mention, note, inc });
      },
    }),
  },
});

async function list(ctx: Context, inc: string | undefined): Promise<Reply> {
  const incident = await which(ctx, inc);
  const free = ctx.services.incidents.roles.unclaimed(incident);
  return {
    place: readIn(ctx, incident),
    slack: () => rolesPost(incident, free, ctx.clock.now()),
    terminal: () => rolesText(incident, free),
    json: () => incident.roles,
  };
}

/** What comes of it everybody reads in the incident's channel: the asker alone is answered. */
async function change(ctx: Context, words: Exclude<RoleWords, { kind: 'list' | 'unknown' }>): Promise<Reply> {
  await ctx.require('responder');
  const { roles: verbs, person } = ctx.services.incidents;
  const { id } = await which(ctx, words.inc);
  const { role } = words;
  const title = roles[role].title.toLowerCase();
  const over = 'It is over: its roles stay as they were';
  if (words.kind === 'claim') {
    const { kind, incident } = await verbs.claim(askerOf(ctx), { id, role });
    const holder = incident.roles[role];
    const taken = `${mention(holder?.mention ?? 'Somebody')} is ${title} already: to take it over, \`/ops role ${role} me\``;
    const said = { claimed: `You are ${title}`, yours: `You are ${title} already`, taken, over };
    return answered(incident, said[kind]);
  }
  if (words.kind === 'vacate') {
    const { kind, incident } = await verbs.vacate(askerOf(ctx), { id, role, note: words.note });
    const said = { vacated: `Nobody is ${title} now`, free: `Nobody was ${title}`, over };
    return answered(incident, said[kind]);
  }
  const who = await person(words.who, ctx.actor);
  const { kind, incident } = await verbs.assign(askerOf(ctx), { id, role, who, note: words.note });
  const said = {
    assigned: `${mention(who.mention)} is ${title} now`,
    same: `${mention(who.mention)} is ${title} already`,
    over,
  };
  return answered(incident, said[kind]);
}
