import type { ItemChange } from '../src/checklists/decide.ts';
import { itemFields, pageFields, readItemForm, readPageForm, type Shown, shownOf } from '../src/checklists/form.ts';
import { progressWords, type Run } from '../src/checklists/model.ts';
import { type Page, pageOf, pressedOf, readKept } from '../src/checklists/pages.ts';
import { pageAnswer, unlikeAsked } from '../src/checklists/views/answer.ts';
import { listPost, listText } from '../src/checklists/views/list.ts';
import { resultWords } from '../src/checklists/views/words.ts';
import { checklistUsage, readTyped } from '../src/checklists/words.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { escapeSlack } from '../src/kernel/escape.ts';
import { defineForm } from '../src/kernel/form.ts';
import type { Services } from '../src/services.ts';
import { askerOf, type Context, requireOwner, runMeant, runToEnd } from './checklist/meant.ts';
import { changedWords, historyReply, runReply, toldReply } from './checklist/replies.ts';

export default defineCommand<Services>({
  name: 'checklist',
  helpOrder: 15,
  summary:
    'List checklists; begin one or show it, tick its items, attest it: takes responder; its history, as a file too',
  usage: checklistUsage,
  examples: [
    'checklist',
    'checklist morning',
    'checklist done morning 3 looked at the status page',
    'checklist leave-out morning 4 the portal is gone',
    'checklist morning --history',
    'checklist morning --csv',
    'checklist close morning everybody was in the incident',
  ],
  role: 'viewer',
  async run(ctx, args) {
    const typed = readTyped(args);
    switch (typed.kind) {
      case 'list':
        return list(ctx);
      case 'show':
        return show(ctx, typed.name);
      case 'history':
        return historyReply(ctx, typed);
      case 'items':
        return changeTyped(ctx, typed.name, typed.changes);
      case 'again':
        return again(ctx, await runMeant(ctx, typed.name));
      case 'attest':
        return attest(ctx, await runToEnd(ctx, typed.name));
      case 'close':
        return close(ctx, typed);
    }
  },
  buttons: {
    show: { summary: 'Shows a run', role: 'viewer', run: async (ctx, id) => runReply(ctx, await runMeant(ctx, id)) },
    start: { summary: 'Begins a checklist', role: 'responder', run: (ctx, name) => show(ctx, name) },
    tick: { summary: 'Ticks an item', role: 'responder', inPlace: true, run: tick },
    measure: {
      summary: 'Measures the automatic items again',
      role: 'responder',
      inPlace: true,
      async *run(ctx, value) {
        const { run: id, own } = pressed(value);
        const run = await ctx.services.checklists.measure(await runMeant(ctx, String(id)), ctx.signal);
        if (own) yield runReply(ctx, run, [], 'source');
      },
    },
    attest: {
      summary: 'Says that it was done: its owner, somebody of the owner’s group, or an approver',
      role: 'responder',
      inPlace: true,
      run: async (ctx, value) => attest(ctx, await runMeant(ctx, String(pressed(value).run))),
    },
  },
  forms: {
    page: defineForm<Services, { page: Page; changes: ItemChange[] }>({
      ...{ title: 'Checklist', button: 'Save', role: 'responder' },
      summary: 'Ticks items, ten on a page, with notes and evidence where they are asked for',
      open: ({ given }) => pageFields(pageIn(given.value)),
      fill: async ({ services, given }) => {
        const { run: id, n } = pressed(given.value);
        const run = await runMeant({ services }, String(id));
        const page = pageOf(run, n, progressWords(run.items), (one) => resultWords(one) || (one.item.how ?? ''));
        if (page.items.length === 0)
          throw new OpsError('invalid', 'All items of this page are left out', {
            hint: 'The menu of the message opens one again',
          });
        return { items: pageFields(page), value: JSON.stringify(page) };
      },
      read: (values, { given }) => {
        const page = pageIn(given.value);
        const read = readPageForm(values, page);
        return 'errors' in read ? read : { parsed: { page, changes: read.parsed } };
      },
      submit: async (ctx, { page, changes }) => {
        const { run, changed } = await ctx.services.checklists.change(askerOf(ctx), { id: page.run, changes });
        const lines = unlikeAsked(changed, ctx.clock.now());
        const count = changed.filter(({ kind }) => kind === 'changed').length;
        return {
          place: 'asker',
          slack: () => pageAnswer(run, lines, { ...page, changed: count }),
          terminal: () => changedWords(run),
        };
      },
    }),
    item: defineForm<Services, { shown: Shown; change: ItemChange }>({
      ...{ title: 'Checklist item', button: 'Save', role: 'responder' },
      summary: 'Says how an item stands, with a note, evidence, or why it does not apply',
      open: ({ given }) => itemFields(shownIn(given.value)),
      fill: async ({ services, given }) => {
        const { run: id, n } = pressed(given.value);
        const run = await runMeant({ services }, String(id));
        const one = run.items.find((each) => each.n === n);
        if (!one) throw otherVersion();
        const shown = shownOf(run, one, resultWords(one));
        return { items: itemFields(shown), value: JSON.stringify(shown) };
      },
      read: (values, { given }) => {
        const shown = shownIn(given.value);
        const read = readItemForm(values, shown);
        return 'errors' in read ? read : { parsed: { shown, change: read.parsed } };
      },
      submit: async (ctx, { shown, change }) => changeItems(ctx, shown.run, [change]),
    }),
  },
});

async function list(ctx: Context): Promise<Reply> {
  const { checklists, ops } = ctx.services;
  await checklists.look();
  const open = await checklists.running();
  const problem = checklists.problem();
  const all = [...checklists.files().values()].map((filed) => ({
    filed,
    planned:
      filed.checklist.schedule.length > 0 && (filed.own || ops.checklists.scheduled.includes(filed.checklist.id)),
  }));
  return {
    place: 'channel',
    slack: () => listPost(open, all, { now: ctx.clock.now(), problem }),
    terminal: ({ zone }) => listText(open, all, { zone, problem }),
    json: () => ({ open, checklists: all.map(({ filed, planned }) => ({ ...filed.checklist, planned })), problem }),
  };
}

/** The run that is open, whoever asks; else a new one, which takes a responder. In a terminal it is measured at once. */
async function show(ctx: Context, name: string): Promise<Reply> {
  const { checklists } = ctx.services;
  await checklists.look();
  if (/^\d+$/.test(name)) return runReply(ctx, await runMeant(ctx, name));
  const open = (await checklists.running(name)).at(-1);
  if (open) return runReply(ctx, open);
  await ctx.require('responder');
  const { kind, run } = await checklists.begin(askerOf(ctx), { name, asked: ctx.channel });
  const begun = kind === 'begun' ? 'Begun' : 'It is open already';
  if (ctx.face === 'terminal' && kind === 'begun')
    return runReply(ctx, await checklists.measure(run, ctx.signal), [begun]);
  const words = `${begun}: ${run.plan.title}${run.channel === undefined ? '' : `, in ${run.channel}`}`;
  return toldReply([escapeSlack(words)], [words], run);
}

/** The message of the run says the rest: only what is unlike what was asked for is told. */
async function* tick(ctx: Context, value: string): AsyncIterable<Reply> {
  const { run: id, n, own } = pressed(value);
  const { run, changed } = await ctx.services.checklists.change(askerOf(ctx), { id, changes: [{ n, to: 'done' }] });
  const now = ctx.clock.now();
  const lines = unlikeAsked(changed, now);
  if (lines.length > 0) yield toldReply(lines, unlikeAsked(changed, now, true), run);
  else if (own) yield runReply(ctx, run, [], 'source');
}

async function changeTyped(ctx: Context, name: string, changes: readonly ItemChange[]): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await runMeant(ctx, name);
  return changeItems(ctx, id, changes);
}

async function changeItems(ctx: Context, id: number, changes: readonly ItemChange[]): Promise<Reply> {
  const { run, changed } = await ctx.services.checklists.change(askerOf(ctx), { id, changes });
  const refused = changed.find((each) => each.kind === 'refused');
  // One thing that was asked for and can't be is a failure: a dialog keeps what was filled in.
  if (refused?.kind === 'refused' && changed.length === 1)
    throw new OpsError('invalid', refused.why, { hint: refused.hint });
  const now = ctx.clock.now();
  const words = changedWords(run);
  return toldReply(
    [escapeSlack(words), ...unlikeAsked(changed, now)],
    [words, ...unlikeAsked(changed, now, true)],
    run,
  );
}

async function again(ctx: Context, run: Run): Promise<Reply> {
  await ctx.require('responder');
  return runReply(ctx, await ctx.services.checklists.measure(run, ctx.signal));
}

async function attest(ctx: Context, { id }: Run): Promise<Reply> {
  const before = await runMeant(ctx, String(id));
  await requireOwner(ctx, before);
  const { kind, run } = await ctx.services.checklists.attest(askerOf(ctx), id);
  const words =
    kind === 'same' ? `${run.plan.title} is attested already` : `You attested ${run.plan.title} (run ${id})`;
  return toldReply([escapeSlack(words)], [words], run);
}

async function close(ctx: Context, { name, reason }: { name: string; reason: string }): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await runToEnd(ctx, name);
  const { run } = await ctx.services.checklists.close(askerOf(ctx), { id, reason });
  const words = `${changedWords(run)}: closed`;
  return toldReply([escapeSlack(words)], [words], run);
}

function pressed(value: string): { run: number; n: number; own: boolean } {
  return pressedOf(value) ?? refuseVersion();
}

function pageIn(value: string): Page {
  return readKept<Page>(value, 'pages') ?? refuseVersion();
}

function shownIn(value: string): Shown {
  return readKept<Shown>(value, 'mayBeLeftOut') ?? refuseVersion();
}

function refuseVersion(): never {
  throw otherVersion();
}

function otherVersion(): OpsError {
  return new OpsError('invalid', 'That is of another version', { hint: '`/ops checklist` has it anew' });
}
