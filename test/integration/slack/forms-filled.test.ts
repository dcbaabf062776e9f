import { expect, it } from 'vitest';
import type { Command } from '../../../src/kernel/command.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import {
  defineForm,
  type FormContext,
  type FormDeclaration,
  type FormItem,
  type FormValues,
} from '../../../src/kernel/form.ts';
import { viewersOnly } from '../../support/access.ts';
import { shownText } from '../../support/slack-bot.ts';
import { dialog, titleField } from './forms-setup.ts';
import { botOf, reply, workspaceOf } from './setup.ts';

type Filling = NonNullable<FormDeclaration<object, FormValues>['fill']>;

/** A form that is filled after it has opened. */
async function filling(fill: Filling, { submit = async () => reply('sent', 'asker'), ...options } = {} as Options) {
  const workspace = await workspaceOf();
  const sent: { value: string; channel: string | undefined }[] = [];
  const edit = defineForm<object, FormValues>({
    ...{ title: 'An update', button: 'Post', summary: 'posts', role: options.access ? 'operator' : 'viewer' },
    open: () => [titleField],
    fill,
    read: (values) => ({ parsed: values }),
    submit: (ctx, values) => {
      sent.push({ value: ctx.given.value, channel: ctx.channel });
      return submit(ctx, values);
    },
  });
  const command: Command<object> = {
    ...{ name: 'form', summary: 'forms', usage: '', examples: [], role: 'viewer' },
    run: async () => reply('run'),
    opens: ([word]) => ({ form: 'edit', value: word ?? '' }),
    forms: { edit },
  };
  const { log } = await botOf(workspace, 'socket', { ...options, commands: [command] as never });
  await workspace.user('anna').command('#ops', '/ops form INC-1');
  return { workspace, sent, log };
}
interface Options {
  submit?: (ctx: FormContext<object>, values: FormValues) => ReturnType<Command<object>['run']>;
  access?: () => typeof viewersOnly;
}

const prefilled = (initial: string): FormItem[] => [{ kind: 'text', name: 'title', label: 'What is wrong?', initial }];

it('is on the screen before it is filled, and what it was filled with is what is sent', async () => {
  const asked = Promise.withResolvers<void>();
  const { workspace, sent } = await filling(async ({ given, actor }) => {
    await asked.promise;
    return { items: prefilled(`${given.value} of ${actor.name}`), value: '42' };
  });
  const waiting = await dialog(workspace, 'anna', 'One moment');
  expect(JSON.stringify(waiting.blocks)).not.toContain('input');
  asked.resolve();
  const form = await dialog(workspace, 'anna', 'What is wrong?');
  expect(JSON.stringify(form.blocks)).toContain('INC-1 of anna');
  await workspace.user('anna').submit(form, { title: 'better' });
  await dialog(workspace, 'anna', 'sent');
  expect(sent).toEqual([{ value: '42', channel: workspace.channel('#ops').id }]);
});

it('says why it can not be filled, and nothing of a fault', async () => {
  const { workspace } = await filling(async () => {
    throw new OpsError('invalid', 'Which incident? None is open');
  });
  const said = await dialog(workspace, 'anna', 'Which incident? None is open');
  expect(said.submit).toBeUndefined();
  const fault = await filling(async () => {
    throw new Error('secret detail');
  });
  const words = shownText(await dialog(fault.workspace, 'anna', 'Something went wrong'));
  expect(words).not.toContain('secret');
  expect(JSON.stringify(fault.log)).not.toBe('');
});

it('what could not be sent can be sent again, with what was typed', async () => {
  let tries = 0;
  const { workspace, sent } = await filling(async () => ({ items: prefilled('first'), value: '42' }), {
    submit: async () => {
      tries += 1;
      if (tries === 1) throw new OpsError('unavailable', 'Not now');
      return reply('sent', 'asker');
    },
  });
  await workspace.user('anna').submit(await dialog(workspace, 'anna', 'What is wrong?'), { title: 'typed' });
  const again = await dialog(workspace, 'anna', 'Not now');
  expect(JSON.stringify(again.blocks)).toContain('typed');
  await workspace.user('anna').submit(again, { title: 'typed' });
  await dialog(workspace, 'anna', 'sent');
  expect(sent.map(({ value }) => value)).toEqual(['42', '42']);
});

it('nobody who may not use it makes it ask anything', async () => {
  let asked = 0;
  const { workspace } = await filling(
    async () => {
      asked += 1;
      return { items: [titleField] };
    },
    { access: () => viewersOnly },
  );
  await dialog(workspace, 'anna', 'operator');
  expect(asked).toBe(0);
});
