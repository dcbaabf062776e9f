import { describe, expect, it } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import type { SlackBlock } from '../../../src/kernel/command.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import { defineHomeSection, type HomeContext, type HomePart } from '../../../src/kernel/home.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { dialog, shownText } from '../../support/slack-bot.ts';
import { botOf, reply, type Script, workspaceOf } from './setup.ts';

type Part = (ctx: HomeContext<Script>) => Promise<HomePart>;

function words(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function buttons(...ids: string[]): SlackBlock {
  const elements = ids.map((id) => {
    return { type: 'button', action_id: id, text: { type: 'plain_text', text: id }, value: 'v' };
  });
  return { type: 'actions', elements };
}

const board: Part = async () => ({
  head: [
    words('All good'),
    buttons('slow.again', 'slow.note', 'slow.page', 'slow.fails', 'slow.stream', 'slow.old', 'slow.refresh'),
  ],
  nothingMine: 'Nothing is yours.',
  board: [words('group api')],
  asOf: new Date(),
});

function homeOf(part: Part, timing = {}) {
  return { home: { sections: [defineHomeSection<Script>({ name: 'test', order: 1, part })], timing } };
}

function home(workspace: Workspace, user: string, text: string) {
  return workspace.waitFor(
    () => {
      const view = workspace.home(user);
      return view && shownText(view).includes(text) ? view : undefined;
    },
    { what: `the home of ${user} with "${text}"` },
  );
}

const published = (workspace: Workspace) => workspace.traffic.filter(({ method }) => method === 'views.publish').length;

describe('App Home', () => {
  it('shows heads, what is mine and the board, in the order of the sections, with its age', async () => {
    const workspace = await workspaceOf();
    const sections = [
      defineHomeSection<Script>({ name: 'one', order: 1, part: board }),
      defineHomeSection<Script>({
        name: 'two',
        order: 2,
        part: async (ctx) => ({ head: [words(`hello ${ctx.actor.mention}`)], mine: [words('my task')] }),
      }),
    ];
    await botOf(workspace, 'socket', { home: { sections } });
    await workspace.user('anna').openHome();
    const view = await home(workspace, 'anna', 'All good');
    const texts = shownText(view).split('\n');
    // Nothing that becomes untrue by itself, when the bot is killed now.
    expect(texts[1]).toMatch(
      /^As of <!date\S+ {time}\|[^>]+>\. Follows what is measured until <!date\S+{time}\|[^>]+>;/,
    );
    expect(texts[1]).not.toContain('just now');
    const until = Number(/until <!date\^(\d+)/.exec(texts[1]!)![1]);
    expect(Math.abs(until - Date.now() / 1_000 - 600)).toBeLessThan(60);
    const found = [
      'All good',
      `hello <@${workspace.user('anna').id}>`,
      'Yours',
      'my task',
      'Nothing is yours.',
      'All systems',
      'group api',
    ];
    expect(texts.filter((text) => found.includes(text))).toEqual(found);
  });

  it('is published once for an event that is delivered twice', async () => {
    const workspace = await workspaceOf();
    await botOf(workspace, 'socket', homeOf(board));
    await botOf(workspace, 'socket', homeOf(board));
    workspace.sockets.duplicateNext(1);
    await workspace.user('anna').openHome();
    await home(workspace, 'anna', 'All good');
    await workspace.deliverAgain();
    await workspace.user('ben').openHome();
    await home(workspace, 'ben', 'All good');
    await workspace.waitFor(() => published(workspace) >= 2);
    expect(published(workspace)).toBe(2);
  });

  it('shows a guest why not, and follows no guest', async () => {
    const workspace = await workspaceOf();
    const denied: unknown[] = [];
    const { log } = await botOf(workspace, 'socket', {
      ...homeOf(board),
      access: (directory) => createAccess({ roles: {}, directory, log: memoryLog() }),
      onDenied: (attempt) => denied.push(attempt),
    });
    await workspace.changeUser('ben', { is_restricted: true });
    await workspace.user('ben').openHome();
    const view = await home(workspace, 'ben', 'Guests of this workspace');
    expect(shownText(view)).not.toContain('All good');
    expect(denied).toMatchObject([{ action: 'home', role: 'viewer' }]);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('says which section could not be shown, and shows the others', async () => {
    const workspace = await workspaceOf();
    const part = (name: string, run: Part) => defineHomeSection<Script>({ name, order: 1, part: run });
    const sections = [
      part('one', async () => {
        throw new OpsError('unavailable', 'My <!channel> is away');
      }),
      part('two', async () => {
        throw new Error('secret detail');
      }),
      part('three', board),
    ];
    await botOf(workspace, 'socket', { home: { sections } });
    await workspace.user('anna').openHome();
    const text = shownText(await home(workspace, 'anna', 'All good'));
    expect(text).toContain('is away');
    expect(text).toContain('Something went wrong (ref ');
    expect(text).not.toMatch(/<!channel>|secret detail/);
  });

  it('fits 100 blocks and says how many are left out', async () => {
    const workspace = await workspaceOf();
    const many = Array.from({ length: 150 }, (_, n) => words(`row ${n} ${'x'.repeat(2_000)}`));
    await botOf(
      workspace,
      'socket',
      homeOf(async () => ({ board: many })),
    );
    await workspace.user('anna').openHome();
    const view = await home(workspace, 'anna', 'row 0');
    expect(view.blocks.length).toBeLessThanOrEqual(100);
    const shown = shownText(view).match(/row \d+/g) ?? [];
    expect(shownText(view)).toContain(`… and ${150 - shown.length} more`);
  });

  it('waits as a 429 asks; what can not be published is logged once', async () => {
    const workspace = await workspaceOf();
    const { log } = await botOf(workspace, 'socket', homeOf(board));
    workspace.fault('views.publish', { kind: 'ratelimited', retryAfterSeconds: 1 });
    await workspace.user('anna').openHome();
    await home(workspace, 'anna', 'All good');
    await workspace.waitFor(() => published(workspace) === 2);
    workspace.fault('views.publish', { kind: 'error', error: 'fatal_thing' }, 2);
    await workspace.user('anna').openHome();
    await workspace.user('anna').openHome();
    await workspace.waitFor(() => published(workspace) === 4);
    await workspace.user('ben').openHome();
    await home(workspace, 'ben', 'All good');
    const said = () => log.lines.map(({ message }) => message).filter((message) => message?.startsWith('App Home'));
    await eventually(() => expect(said()).toEqual(['App Home could not be published', 'App Home is published again']));
  });

  it('says what to do when the app has no home tab; a bot without sections leaves it alone', async () => {
    const off = await workspaceOf({ homeTab: false });
    const { log } = await botOf(off, 'socket', homeOf(board));
    await off.user('anna').openHome();
    await eventually(() => expect(log.lines.map(({ message }) => message).join()).toContain('turn the home tab on'));
    const without = await workspaceOf();
    await botOf(without, 'socket');
    await without.user('anna').openHome();
    await without.user('anna').command('ops', '/ops whisper');
    await without.waitFor(() => without.ephemerals('anna').length > 0);
    expect(published(without)).toBe(0);
  });
});

describe('an App Home that somebody looks at', () => {
  it('follows what changes, leaves alone what does not, and says when it stops', async () => {
    const workspace = await workspaceOf();
    let state = 'All good';
    let built = 0;
    const part: Part = async () => {
      built += 1;
      return { head: [words(state)], asOf: new Date() };
    };
    const timing = { everyMs: 50, agesEveryMs: 100_000, forMs: 1_200 };
    const { homeChanged } = await botOf(workspace, 'socket', homeOf(part, timing));
    await workspace.user('anna').openHome();
    await home(workspace, 'anna', 'All good');
    await eventually(() => expect(built).toBeGreaterThan(3));
    expect(published(workspace)).toBe(1);
    state = 'api fails';
    homeChanged();
    await home(workspace, 'anna', 'api fails');
    await home(workspace, 'anna', 'stopped following');
    const builtThen = built;
    state = 'nobody looks';
    homeChanged();
    await workspace.user('ben').openHome();
    await home(workspace, 'ben', 'nobody looks');
    expect(built).toBe(builtThen + 1);
    expect(shownText(workspace.home('anna')!)).toContain('api fails');
  });

  it('is published at most once in a while, however often something changes', async () => {
    const workspace = await workspaceOf();
    let state = 'look 0';
    const part: Part = async () => ({ head: [words(state)] });
    const { homeChanged } = await botOf(workspace, 'socket', homeOf(part, { everyMs: 600 }));
    await workspace.user('anna').openHome();
    await home(workspace, 'anna', 'look 0');
    state = 'look 1';
    homeChanged();
    await home(workspace, 'anna', 'look 1');
    for (let n = 2; n <= 6; n += 1) {
      state = `look ${n}`;
      homeChanged();
    }
    await home(workspace, 'anna', 'look 6');
    await workspace.waitFor(() => published(workspace) === 3);
    const [, second, third] = workspace.traffic.filter(({ method }) => method === 'views.publish');
    expect(third!.at.getTime() - second!.at.getTime()).toBeGreaterThanOrEqual(300);
  });

  it('is published by the replica where a button was pressed, wherever it was opened', async () => {
    const workspace = await workspaceOf();
    let state = 'before';
    const part: Part = async () => ({ head: [words(state), buttons('slow.note')] });
    await botOf(workspace, 'http', homeOf(part));
    await workspace.user('anna').openHome();
    const view = await home(workspace, 'anna', 'before');
    await botOf(workspace, 'http', homeOf(part));
    state = 'after';
    await workspace.user('anna').click(view, 'slow.note');
    await home(workspace, 'anna', 'after');
  });

  it('is told when the bot stops, also where Slack asks for patience', async () => {
    const workspace = await workspaceOf();
    const { stop } = await botOf(workspace, 'socket', { ...homeOf(board), graceMs: 5_000 });
    await workspace.user('anna').openHome();
    await workspace.user('ben').openHome();
    await home(workspace, 'anna', 'Follows');
    await home(workspace, 'ben', 'Follows');
    workspace.fault('views.publish', { kind: 'ratelimited', retryAfterSeconds: 1 });
    await stop();
    for (const user of ['anna', 'ben']) expect(shownText(workspace.home(user)!)).toContain('stopped following');
  });

  it('published while the bot stops follows nothing', async () => {
    const workspace = await workspaceOf();
    const { stop, script } = await botOf(workspace, 'socket', { ...homeOf(board), graceMs: 5_000 });
    await workspace.user('anna').openHome();
    await workspace.user('anna').click(await home(workspace, 'anna', 'Follows'), 'slow.refresh');
    script.push(reply('known', 'source', { partial: true }));
    await home(workspace, 'anna', 'Working on it');
    const stopping = stop();
    script.push(reply('done', 'source'), 'end');
    await stopping;
    const text = shownText(workspace.home('anna')!);
    expect(text).toContain('stopped following');
    expect(text).not.toContain('Working on it');
  });

  it('is one of 20 at most; the one that was opened first is told', async () => {
    const workspace = await workspaceOf();
    await botOf(workspace, 'socket', homeOf(board, { most: 1 }));
    await workspace.user('anna').openHome();
    await home(workspace, 'anna', 'Follows');
    await workspace.user('ben').openHome();
    await home(workspace, 'ben', 'Follows');
    await home(workspace, 'anna', 'stopped following');
  });
});

describe('a button on App Home', () => {
  async function opened(part: Part = board) {
    const workspace = await workspaceOf();
    const bot = await botOf(workspace, 'socket', homeOf(part));
    await workspace.user('anna').openHome();
    const view = await home(workspace, 'anna', 'All good');
    return { workspace, view, anna: workspace.user('anna'), ...bot };
  }

  it('that answers in place has the page published again', async () => {
    let looks = 0;
    const { workspace, view, anna, script } = await opened(async (ctx) => {
      looks += 1;
      return { ...(await board(ctx)), board: [words(`look ${looks}`)] };
    });
    await anna.click(view, 'slow.again');
    await home(workspace, 'anna', 'look 2');
    expect(script.ran).toEqual(['again v']);
    expect(workspace.views('anna')).toEqual([]);
  });

  it('that answers elsewhere opens a dialog at once; closing it stops the work', async () => {
    const { workspace, view, anna, script } = await opened();
    await anna.click(view, 'slow.note');
    expect(await dialog(workspace, 'anna', 'note by button')).toMatchObject({ title: { text: 'slow.note' } });
    await anna.click(view, 'slow.stream');
    await dialog(workspace, 'anna', 'One moment');
    script.push(reply('known', 'thread'));
    await dialog(workspace, 'anna', 'known');
    await anna.dismiss();
    await eventually(() => expect(script.aborted).toBe(true));
  });

  it('shows denials, failures and what an older version did in a dialog', async () => {
    const { workspace, view, anna, script } = await opened();
    await anna.click(view, 'slow.page');
    await dialog(workspace, 'anna', 'takes the role operator');
    expect(script.ran).toEqual([]);
    await anna.click(view, 'slow.fails');
    await dialog(workspace, 'anna', 'it is done already');
    await anna.click(view, 'slow.old');
    await dialog(workspace, 'anna', 'older version');
  });

  it('shows its answer on top of the page where no dialog can be opened, until it is opened again', async () => {
    let state = 'All good';
    const { workspace, view, anna, homeChanged } = await opened(async () => ({
      head: [words(state), buttons('slow.note')],
    }));
    workspace.fault('views.open', { kind: 'error', error: 'expired_trigger_id' });
    await anna.click(view, 'slow.note');
    const shown = await home(workspace, 'anna', 'note by button');
    expect(shownText(shown)).toContain('All good');
    state = 'api fails';
    homeChanged();
    expect(shownText(await home(workspace, 'anna', 'api fails'))).toContain('note by button');
    await anna.openHome();
    await eventually(() => expect(shownText(workspace.home('anna')!)).not.toContain('note by button'));
  });

  it('that fails after a first answer says so on top of the page, and that stays', async () => {
    const { workspace, view, anna, script, log, homeChanged } = await opened();
    await anna.click(view, 'slow.refresh');
    script.push(reply('known', 'source', { partial: true }));
    await home(workspace, 'anna', 'Working on it … If nothing follows within a minute, press it again.');
    script.push(new Error('secret detail'));
    const shown = shownText(await home(workspace, 'anna', 'Something went wrong (ref '));
    expect(shown).toContain('All good');
    expect(shown).not.toContain('Working on it');
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    homeChanged();
    await anna.click(view, 'slow.note');
    await dialog(workspace, 'anna', 'note by button');
    expect(shownText(workspace.home('anna')!)).toContain('Something went wrong (ref ');
  });

  it('that the bot interrupts by stopping says so on top of the page', async () => {
    const { workspace, view, anna, script, stop } = await opened();
    await anna.click(view, 'slow.refresh');
    script.push(reply('known', 'source', { partial: true }));
    await home(workspace, 'anna', 'Working on it');
    await stop();
    expect(shownText(workspace.home('anna')!)).toContain('was interrupted by a restart');
  });
});
