import { testWords } from '../src/incidents/page-test/page-test.ts';
import { type CommandContext, defineCommand, type Reply } from '../src/kernel/command.ts';
import { formatDuration } from '../src/kernel/duration.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { escapeSlack } from '../src/kernel/escape.ts';
import type { Services } from '../src/services.ts';

type Context = CommandContext<Services>;

export default defineCommand<Services>({
  name: 'page',
  summary:
    'Say who would be called, and when paging was last proven; `test` pages who is on call to prove it: takes responder',
  usage: '[test]',
  examples: ['page', 'page test'],
  role: 'viewer',
  run: (ctx, [word, ...rest]) => {
    if (word === undefined) return show(ctx);
    if (word.toLowerCase() === 'test' && rest.length === 0) return test(ctx);
    throw new OpsError('invalid', `"${[word, ...rest].join(' ')}" is nothing to do with pages`, {
      hint: '`/ops page test`, or `/ops page` alone',
    });
  },
});

async function test(ctx: Context): Promise<Reply> {
  await ctx.require('responder');
  const { incidents } = ctx.services;
  const by = { id: ctx.actor.id, mention: ctx.actor.mention };
  const started = await incidents.pageTests.start({ by, request: ctx.request }, ctx.channel);
  const words = `Test page ${started.n} leaves: whoever is on call please acknowledge it on their phone. Nothing is wrong`;
  const then = 'What became of it is said here, or by `/ops page`, within 15 min';
  return said([`📟 ${words}`, then], started);
}

async function show({ services: { incidents, directory }, clock }: Context): Promise<Reply> {
  const [{ last, passed }, call, state] = await Promise.all([
    incidents.pageTests.last(),
    directory.toCall(),
    directory.state(),
  ]);
  const ago = (at: Date) => `${formatDuration(clock.now().getTime() - at.getTime())} ago`;
  const lines = [
    passed
      ? `Paging was last proven ${ago(passed.endedAt ?? passed.startedAt)}`
      : 'Paging was never proven: `/ops page test`',
    ...(last ? [testWords(last)] : []),
    call.length > 0
      ? `Would be called: ${call.map(({ name, onCall }) => (onCall?.current === false ? `${name} (was on call)` : name)).join(', then ')}`
      : 'Nobody could be called: no number is known (contacts in ops.yml, or PAGERDUTY_API_TOKEN)',
    ...(state.answeredAt ? [`Who is on call was last asked ${ago(state.answeredAt)}`] : []),
    ...(state.problem ? [`⚠️ It can't be asked now: ${state.problem}`] : []),
  ];
  return said(lines, { last, passed, call: call.map(({ name }) => name), ...state });
}

function said(lines: readonly string[], data: unknown): Reply {
  const text = lines.map(escapeSlack).join('\n');
  return {
    place: 'channel',
    slack: () => ({ text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] }),
    terminal: () => lines.join('\n').replaceAll('`', ''),
    json: () => data,
  };
}
