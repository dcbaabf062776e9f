import type { Command, Replies } from '../../../src/kernel/command.ts';
import { defineForm, type FormContext, type FormItem, type FormValues, type Given } from '../../../src/kernel/form.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { shownText } from '../../support/slack-bot.ts';
import { type BotOptions, botOf, reply } from './setup.ts';

/** What happens when a form is sent, as the test says; and what has happened. */
export interface FormScript {
  items: (given: Given) => FormItem[];
  submit: (ctx: FormContext<object>, values: FormValues) => Replies;
  /** What each run of `submit` was given. */
  sent: { key: string; values: FormValues; given: Given }[];
  asked: Given[];
}

export const titleField: FormItem = { kind: 'text', name: 'title', label: 'What is wrong?', minLength: 3 };

/** A command `form` with the forms `declare` (once), `keyed` and `guarded` (takes operator). */
export async function formBot(workspace: Workspace, script: Partial<FormScript> = {}, options: BotOptions = {}) {
  const whole: FormScript = {
    ...{ items: () => [titleField], submit: async () => reply('declared', 'asker'), sent: [], asked: [] },
    ...script,
  };
  const form = (more: { role?: 'operator'; keyed?: true } = {}) =>
    defineForm<object, FormValues>({
      ...{ title: 'Declare an incident', button: 'Declare', summary: 'declares', role: 'viewer' },
      ...more,
      open: ({ given }) => {
        whole.asked.push(given);
        return whole.items(given);
      },
      read: (values) => {
        if (values.title === 'broken') throw new Error('secret detail');
        if (values.title === 'lost') return { errors: { title: 'Say more', elsewhere: 'and this' } };
        return { parsed: values };
      },
      submit: (ctx, values) => {
        whole.sent.push({ key: ctx.key, values, given: ctx.given });
        return whole.submit(ctx, values);
      },
    });
  const button = (id: string) => ({
    type: 'button',
    action_id: id,
    text: { type: 'plain_text', text: id },
    value: 'api',
  });
  const command: Command<object> = {
    ...{ name: 'form', summary: 'forms', usage: '', examples: [], role: 'viewer' },
    run: async () => ({
      ...reply('press'),
      slack: () => ({
        text: 'press',
        blocks: [{ type: 'actions', elements: ['form.declare', 'form.guarded'].map(button) }],
      }),
    }),
    opens: ([word, ...rest]) => (word === 'buttons' ? undefined : { form: word ?? 'declare', value: rest.join(' ') }),
    forms: { declare: form(), keyed: form({ keyed: true }), guarded: form({ role: 'operator' }) },
    shortcuts: {
      any: { label: 'Declare', summary: 'declares', kind: 'global', form: 'declare' },
      take: { label: 'Declare from this', summary: 'declares', kind: 'message', form: 'declare' },
      flag: {
        ...{ label: 'Flag', summary: 'flags', kind: 'message', role: 'viewer', opening: 'Flagging …' },
        run: async (_, given) => reply(`flagged: ${given.message?.text}`, 'asker'),
      },
    },
  };
  const bot = await botOf(workspace, options.slack?.kind ?? 'socket', { ...options, commands: [command] as never });
  return { ...bot, form: whole };
}

/** The topmost dialog of somebody with this text in it, waited for. */
export function dialog(workspace: Workspace, user: string, text: string) {
  return workspace.waitFor(
    () => {
      const top = workspace.views(user).at(-1);
      return top && `${top.title?.text}\n${shownText(top)}`.includes(text) ? top : undefined;
    },
    { what: `a dialog of ${user} with "${text}"` },
  );
}

/** The form that `/ops form WORDS` opens. */
export async function formOf(workspace: Workspace, words = 'declare') {
  await workspace.user('anna').command('#ops', `/ops form ${words}`);
  return dialog(workspace, 'anna', 'Declare an incident');
}

export const callsOf = (workspace: Workspace, method: string) =>
  workspace.traffic.filter((call) => call.method === method).length;
