import { expect, it, vi } from 'vitest';
import { OpsError } from '../../../src/kernel/errors.ts';
import { shownText } from '../../support/slack-bot.ts';
import { callsOf, dialog, formBot, formOf } from './forms-setup.ts';
import { reply, told, workspaceOf } from './setup.ts';

const anIncident = { title: 'API is down' };

it('sent once is done once, and the acknowledgement carries the answer', async () => {
  const workspace = await workspaceOf();
  const { form } = await formBot(workspace);
  const outcome = await workspace.user('anna').submit(await formOf(workspace), anIncident);
  expect(outcome).toMatchObject({ ok: true, ack: { response_action: 'update' } });
  expect(shownText(workspace.views('anna')[0]!)).toContain('declared');
  expect(callsOf(workspace, 'views.update')).toBe(0);
  expect(form.sent).toHaveLength(1);
});

it('that takes long is acknowledged in time, with the answer to follow', async () => {
  const workspace = await workspaceOf();
  const gate = Promise.withResolvers<void>();
  await formBot(workspace, {
    submit: async () => {
      await gate.promise;
      return reply('declared', 'asker');
    },
  });
  const begunMs = performance.now();
  const outcome = await workspace.user('anna').submit(await formOf(workspace), anIncident);
  expect(outcome.ok).toBe(true);
  expect(performance.now() - begunMs).toBeLessThan(2_900);
  const waiting = await dialog(workspace, 'anna', 'One moment …');
  expect(waiting.submit).toBeUndefined();
  gate.resolve();
  await dialog(workspace, 'anna', 'declared');
});

it('the same envelope twice, to one replica and to two, is one run with one answer', async () => {
  for (const replicas of [1, 2]) {
    const workspace = await workspaceOf();
    const bots = [];
    for (let n = 0; n < replicas; n += 1) bots.push(await formBot(workspace));
    const view = await formOf(workspace);
    workspace.sockets.duplicateNext(1);
    await workspace.user('anna').submit(view, anIncident);
    await dialog(workspace, 'anna', 'declared');
    // Delivered once more when all is over: the answer stays.
    await workspace.deliverAgain();
    expect(shownText(workspace.views('anna')[0]!)).toContain('declared');
    expect(bots.flatMap(({ form }) => form.sent)).toHaveLength(1);
  }
});

it.each([
  ['declare', 'was sent before', 0],
  ['keyed', 'declared', 1],
])('form %s, sent again after its replica died: %s', async (name, shown, runs) => {
  const workspace = await workspaceOf();
  const first = await formBot(workspace);
  const view = await formOf(workspace, name);
  const asItWas = structuredClone(view);
  await workspace.user('anna').submit(view, anIncident);
  await first.stop();
  const second = await formBot(workspace);
  // As a client does that never heard that it had arrived.
  await workspace.user('anna').submit(Object.assign(view, asItWas), anIncident);
  await dialog(workspace, 'anna', shown);
  expect(first.form.sent).toHaveLength(1);
  expect(second.form.sent).toHaveLength(runs);
  expect(second.form.sent.every(({ key }) => key === view.id)).toBe(true);
});

it('an expected failure stands above what was typed, which can be sent again', async () => {
  const workspace = await workspaceOf();
  const tries: string[] = [];
  const { form, log } = await formBot(workspace, {
    submit: async (_, { title }) => {
      tries.push(String(title));
      if (tries.length < 3) throw new OpsError('conflict', 'There is <!channel> one already', { hint: 'see `/ops x`' });
      return reply('declared', 'asker');
    },
  });
  const anna = workspace.user('anna');
  const view = await formOf(workspace);
  const typed = 'API *down* mail anna@clinic.example';
  await anna.submit(view, { title: typed });
  const failed = await dialog(workspace, 'anna', 'one already');
  expect(failed.id).toBe(view.id);
  expect(shownText(failed)).not.toContain('<!channel>');
  expect(failed.values.title?.title?.value).toBe(typed);
  expect(failed).toMatchObject({ submit: { text: 'Declare' } });
  await anna.submit(failed, {});
  await anna.submit(failed, { title: 'corrected' });
  await dialog(workspace, 'anna', 'declared');
  expect(tries).toEqual([typed, typed, 'corrected']);
  expect(new Set(form.sent.map(({ key }) => key))).toEqual(new Set([view.id]));
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

it('a fault shows a reference above what was typed, from the submission or from reading it', async () => {
  const workspace = await workspaceOf();
  const { form, log } = await formBot(workspace, {
    submit: async () => {
      throw new Error('secret detail');
    },
  });
  const anna = workspace.user('anna');
  for (const title of ['API is down', 'broken']) {
    await anna.submit(await formOf(workspace), { title });
    const failed = await dialog(workspace, 'anna', 'Something went wrong (ref ');
    expect(JSON.stringify(failed)).not.toContain('secret detail');
    expect(failed.values.title?.title?.value).toBe(title);
    const ref = /ref (\w+)/.exec(shownText(failed))?.[1];
    expect(log.lines.some(({ message }) => message?.includes(`(ref ${ref})`))).toBe(true);
    await anna.dismiss();
  }
  expect(form.sent).toHaveLength(1);
});

it('is done although its dialog is closed meanwhile; who closed it hears of a failure', async () => {
  const workspace = await workspaceOf();
  const gate = Promise.withResolvers<void>();
  const { form } = await formBot(workspace, {
    submit: async (ctx) => {
      await gate.promise;
      ctx.signal.throwIfAborted();
      throw new OpsError('unavailable', 'Nobody could be paged');
    },
  });
  workspace.setAckDeadline(10_000);
  await workspace.user('anna').submit(await formOf(workspace), anIncident);
  await dialog(workspace, 'anna', 'One moment …');
  await workspace.user('anna').dismiss();
  gate.resolve();
  await told(workspace, 'anna', 'Nobody could be paged');
  expect(form.sent).toHaveLength(1);
});

it('progress is shown, and a failure after it gives the form back', async () => {
  const workspace = await workspaceOf();
  const acknowledged = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  await formBot(workspace, {
    async *submit() {
      yield reply('paging …', 'asker', { partial: true });
      await acknowledged.promise;
      yield reply('still paging …', 'asker', { partial: true });
      await gate.promise;
      throw new OpsError('unavailable', 'Nobody could be paged');
    },
  });
  await workspace.user('anna').submit(await formOf(workspace), anIncident);
  await dialog(workspace, 'anna', 'One moment …');
  acknowledged.resolve();
  await dialog(workspace, 'anna', 'still paging …');
  gate.resolve();
  const failed = await dialog(workspace, 'anna', 'Nobody could be paged');
  expect(failed.values.title?.title?.value).toBe(anIncident.title);
});

it('one that stops with the bot gives the form back', async () => {
  const workspace = await workspaceOf();
  const begun = Promise.withResolvers<void>();
  const bot = await formBot(workspace, {
    submit: async (ctx) => {
      begun.resolve();
      await new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason)));
      return reply('never');
    },
  });
  const sent = workspace.user('anna').submit(await formOf(workspace), anIncident);
  await begun.promise;
  await bot.stop();
  await sent;
  const failed = await dialog(workspace, 'anna', 'was interrupted by a restart');
  expect(failed.values.title?.title?.value).toBe(anIncident.title);
});

it('from an older version says so', async () => {
  const workspace = await workspaceOf();
  const { form } = await formBot(workspace);
  const view = await formOf(workspace);
  view.private_metadata = '{"v":1}';
  await workspace.user('anna').submit(view, anIncident);
  await dialog(workspace, 'anna', 'older version');
  await vi.waitFor(() => expect(form.sent).toEqual([]));
});
