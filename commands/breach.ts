import { dayAt, dayOf } from '../src/incidents/breach/days.ts';
import { noticeKinds } from '../src/incidents/breach/deadlines.ts';
import {
  type AssessmentGiven,
  assessFields,
  readAssessment,
  readSent,
  sentFields,
} from '../src/incidents/breach/form.ts';
import type { Assessment } from '../src/incidents/breach/model.ts';
import { noAssessment, type Sending } from '../src/incidents/breach/verbs.ts';
import { type Seen, statusPost, statusText } from '../src/incidents/breach/views.ts';
import { type Incident, nameOf, numberOf } from '../src/incidents/model.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { defineForm, type FormFilling } from '../src/kernel/form.ts';
import type { Services } from '../src/services.ts';
import { askerOf, type Context, named, which } from './incident/meant.ts';

const usage = '[INC | show [INC] | sent [INC] NOTICE DATE CONFIRMATION]';
const hint = `usage: breach ${usage}; a notice is ${noticeKinds.join(', ')}`;

export default defineCommand<Services>({
  name: 'breach',
  summary: 'Assess a breach of PHI by the four factors, see the deadlines, record what was sent: takes responder',
  usage,
  examples: ['breach', 'breach INC-42', 'breach show INC-42', 'breach sent INC-42 hhs 2026-12-01 CONF-123'],
  role: 'responder',
  run(ctx, args) {
    const [word, ...rest] = args;
    if (word === undefined || numberOf(word) !== undefined) return show(ctx, word);
    if (word.toLowerCase() === 'show') return show(ctx, rest[0]);
    if (word.toLowerCase() === 'sent') return sent(ctx, rest);
    throw new OpsError('invalid', `"${echo(word)}" is no incident`, { hint });
  },
  opens: ([word, ...rest]) => {
    if (word === undefined || (numberOf(word) !== undefined && rest.length === 0))
      return { form: 'assess', value: word ?? '' };
    if (word.toLowerCase() === 'sent' && rest.every((each) => numberOf(each) !== undefined))
      return { form: 'sent', value: rest[0] ?? '' };
    return undefined;
  },
  forms: {
    assess: defineForm<Services, AssessmentGiven>({
      ...{ title: 'Breach assessment', button: 'Save', role: 'responder' },
      summary: 'Answers the four factors and concludes; older answers are kept, deadlines are planned anew',
      open: () => assessFields(),
      async fill(filling) {
        const { incident, assessment } = await meantBy(filling);
        const value = `${incident.id} ${assessment.newest?.version ?? 0}`;
        return { items: assessFields(assessment), value };
      },
      read: (values) => readAssessment(values),
      async submit(ctx, { answers, discovered }) {
        const [word, basedOn] = ctx.given.value.split(' ');
        const { id } = await which(ctx, word);
        await ctx.services.incidents.breach.assess(askerOf(ctx), {
          ...{ id, answers, discovered, basedOn: Number(basedOn ?? 0) },
        });
        return show(ctx, String(id));
      },
    }),
    sent: defineForm<Services, Omit<Sending, 'id'>>({
      ...{ title: 'Record a notice', button: 'Record', role: 'responder' },
      summary: 'Records that people have sent a notice, when, and its confirmation number',
      open: ({ services, clock }) => sentFields(undefined, clock.now(), services.incidents.breach.zone),
      async fill(filling) {
        const { incident, assessment } = await meantBy(filling);
        if (assessment.notices.length === 0)
          throw new OpsError('invalid', `No notice is planned for ${nameOf(incident)}`, { hint: 'Conclude first' });
        const { breach } = filling.services.incidents;
        return { items: sentFields(assessment.notices, filling.clock.now(), breach.zone), value: String(incident.id) };
      },
      read: (values) => readSent(values),
      async submit(ctx, parsed) {
        const { id } = await which(ctx, ctx.given.value);
        await ctx.services.incidents.breach.recordSent(askerOf(ctx), { id, ...parsed });
        return show(ctx, String(id));
      },
    }),
  },
});

/** The incident that a dialog is about, when whoever opened it may see it. */
async function meantBy({ services, actor, given }: FormFilling<Services>) {
  const { incidents } = services;
  const [word] = given.value.split(' ');
  const incident = await incidents.which({ word, channel: given.from?.channel, viewer: actor });
  const assessment = await incidents.breach.find(incident.id);
  if (!assessment || assessment.dropped) throw noAssessment(incident);
  return { incident, assessment };
}

async function show(ctx: Context, word: string | undefined): Promise<Reply> {
  const { incidents } = ctx.services;
  const incident = await which(ctx, word);
  const assessment = await incidents.breach.find(incident.id);
  if (!assessment) throw noAssessment(incident);
  return reply(ctx, incident, assessment, await incidents.breach.versions(incident.id));
}

/** Only who asks sees it: it may be asked anywhere. */
function reply(ctx: Context, incident: Incident, assessment: Assessment, versions: unknown): Reply {
  const seen: Seen = { incident, who: '', now: ctx.clock.now(), zone: ctx.services.incidents.breach.zone };
  return {
    place: 'asker',
    slack: () => statusPost(seen, assessment),
    terminal: () => statusText(seen, assessment),
    json: () => ({ ...assessment, versions }),
  };
}

async function sent(ctx: Context, rest: string[]): Promise<Reply> {
  const { incidents } = ctx.services;
  const [word, text] = named(rest);
  const [kindWord = '', day = '', ...confirmation] = text.split(' ');
  const kind = noticeKinds.find((each) => each === kindWord.toLowerCase().replace('-', '_'));
  const on = day.toLowerCase() === 'today' ? dayAt(ctx.clock.now(), incidents.breach.zone) : dayOf(day);
  if (kind === undefined || on === undefined)
    throw new OpsError('invalid', 'Which notice, and when was it sent?', { hint });
  const { id } = await which(ctx, word);
  const how = { id, kind, on, confirmation: confirmation.join(' ') };
  await incidents.breach.recordSent(askerOf(ctx), how);
  return show(ctx, String(id));
}
