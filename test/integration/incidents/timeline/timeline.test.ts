import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../../src/store/store.ts';
import { viewersOnly } from '../../../support/access.ts';
import { giveHome, incidentBot, typed } from '../../../support/incident-bot.ts';
import { asker, auditedIncidents, type Room, roomOf } from '../../../support/incidents.ts';
import { shownText } from '../../../support/slack-bot.ts';
import { embeddedStore } from '../../../support/store.ts';

const down = { key: 'k1', severity: 'P0', title: 'API is down' };
const style = { colour: false, width: 80, zone: 'UTC' };
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

async function declaredRoom(options: Parameters<typeof roomOf>[1] = {}): Promise<Room> {
  const room = await roomOf(store, options);
  await room.incidents.declare(asker, down);
  await room.queue.finish();
  return room;
}

const events = async ({ incidents }: Room, id = 1) => (await incidents.show(id)).events;
const kinds = async (room: Room, id = 1) => (await events(room, id)).map(({ kind }) => kind);
const blocksOf = (reply: { slack(): { blocks: unknown } }) => JSON.stringify(reply.slack().blocks);

describe('an entry that somebody writes', () => {
  it('stands where it happened, by the clock of the team', async () => {
    const room = await declaredRoom();
    const now = room.clock.now();
    const hour = new Date(now.getTime() - 3_600_000).toISOString().slice(11, 16);
    const reply = await typed(room, `timeline add ${hour} noticed by the night shift`);
    expect(reply.place).toBe('channel');
    expect(reply.terminal(style)).toContain(`${hour}:00 (UTC)`);
    const [first] = await events(room);
    expect(first).toMatchObject({ kind: 'note', words: 'noticed by the night shift', by: 'slack:U0ANNA0001' });
    expect(first?.at.toISOString().slice(11, 16)).toBe(hour);
    expect(first?.data).toEqual({ writtenAt: now.toISOString() });
    expect(await auditedIncidents(store)).toContain('slack:U0ANNA0001 incident.note incident/1');
  });

  it('of the evening before, written after midnight in the zone of the team', async () => {
    const room = await declaredRoom();
    // 00:20 in Kolkata.
    const now = room.clock.now().getTime();
    const midnight = Math.ceil(now / 86_400_000) * 86_400_000;
    room.clock.move(midnight - now - 5.5 * 3_600_000 + 20 * 60_000);
    const services = { ops: { team: { zone: 'Asia/Kolkata' } } as never };
    await typed(room, 'timeline add 23:50 somebody called', { services });
    const note = (await events(room)).find(({ kind }) => kind === 'note');
    expect(note?.at).toEqual(new Date(room.clock.now().getTime() - 30 * 60_000));
  });

  it('names its incident, or is that of the channel; a number that begins it is a word', async () => {
    const room = await declaredRoom();
    await room.incidents.declare(asker, { ...down, key: 'k2' });
    const channel = await giveHome(room, 2, '#incidents');
    await typed(room, 'timeline add INC-1 it was the disk');
    await typed(room, 'timeline add 3 pods died', { channel });
    await expect(typed(room, 'timeline add 3 pods died')).rejects.toMatchObject({ message: /2 are open/ });
    expect((await events(room, 2)).at(-1)).toMatchObject({ words: '3 pods died' });
    expect((await events(room, 1)).at(-1)).toMatchObject({ words: 'it was the disk' });
  });

  it.each([
    'add',
    'add 03:04',
    'add 24:30 x',
    'add 2099-01-01 10:00 x',
    'strike',
    'strike 1',
    'strike 99 x',
    'INC-7',
    '--x',
  ])('or line that means nothing says what would: %s', async (line) => {
    const room = await declaredRoom();
    const before = await events(room);
    await expect(typed(room, `timeline ${line}`)).rejects.toMatchObject({ name: 'OpsError', hint: expect.any(String) });
    expect(await events(room)).toEqual(before);
  });

  it.each(['add x', 'strike 1 x'])('takes the role responder: %s', async (line) => {
    const room = await declaredRoom();
    await expect(typed(room, `timeline ${line}`, { may: viewersOnly })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is written with the dialog, for a moment in the zone of whoever writes', async () => {
    const room = await declaredRoom();
    await incidentBot(room);
    const { workspace } = room;
    const user = workspace.user('anna');
    await user.command('#ops', '/ops timeline add');
    const view = await workspace.waitFor(() => workspace.views('anna').find(({ blocks }) => blocks.length === 3), {
      what: 'the filled dialog',
    });
    const at = Math.floor(room.clock.now().getTime() / 1_000) - 600;
    const later = await user.submit(view, { words: 'x', at: String(at + 1_200) });
    expect(JSON.stringify(later)).toContain('That time lies ahead');
    await user.submit(view, { words: 'the disk was full', at: String(at) });
    await expect.poll(() => kinds(room), { timeout: 25_000 }).toContain('note');
    expect((await events(room)).find(({ kind }) => kind === 'note')?.at).toEqual(new Date(at * 1_000));
  });
});

describe('an entry that is wrong', () => {
  it('is struck out, once, with the reason, and stays', async () => {
    const room = await declaredRoom();
    await typed(room, 'timeline add of another incident');
    const { id } = (await events(room)).at(-1)!;
    expect((await typed(room, `timeline strike ${id} wrong *incident*`)).terminal(style)).toContain(
      'is struck out: INC-1',
    );
    expect((await typed(room, `timeline strike ${id} again`)).terminal(style)).toContain('struck out already');
    expect((await events(room)).at(-1)).toMatchObject({
      words: 'of another incident',
      struck: { by: 'slack:U0ANNA0001', reason: 'wrong *incident*' },
    });
    expect((await auditedIncidents(store)).filter((row) => row.includes('incident.strike'))).toHaveLength(1);
    expect((await typed(room, 'timeline')).terminal(style)).toContain('STRUCK (wrong *incident*) Noted');
    expect(blocksOf(await typed(room, 'timeline'))).toContain('struck by <@U0ANNA0001>: wrong ∗incident∗');
  });

  it('that Rounds recorded itself is not struck out', async () => {
    const room = await declaredRoom();
    const { id } = (await events(room))[0]!;
    await expect(typed(room, `timeline strike ${id} no`)).rejects.toMatchObject({ code: 'invalid' });
    expect((await events(room))[0]?.struck).toBeUndefined();
  });
});

describe('what is shown', () => {
  it('is in order of happening, a page at a time, for the asker alone', async () => {
    const room = await declaredRoom();
    const all = (await events(room)).length + 43;
    for (let n = 0; n < 43; n += 1) {
      await room.incidents.timeline.note(asker, { id: 1, at: room.clock.now(), words: `step-${n}.` });
      room.clock.move(1_000);
    }
    await incidentBot(room);
    const { workspace } = room;
    const user = workspace.user('anna');
    const shown = async (first: string) => {
      const found = () => workspace.ephemerals('anna').find((each) => shownText(each).includes(first));
      return workspace.waitFor(found, { what: `a page with ${first}` });
    };
    await user.command('#ops', '/ops timeline INC-1');
    const newest = await shown('step-42.');
    expect(shownText(newest)).toContain(`${all - 19}–${all} of ${all}`);
    expect(shownText(newest)).not.toContain('step-22.');
    await user.click(newest, 'timeline.page.0');
    const older = await shown('step-22.');
    expect(shownText(older)).toContain(`${all - 39}–${all - 20} of ${all}`);
    expect(shownText(older)).toMatch(/step-3\..*step-22\./s);
    await user.click(older, 'timeline.page.1');
    await shown('step-42.');
    expect(workspace.messages('#ops')).toEqual([]);
  });

  it('fits Slack whatever it says, and makes nothing of foreign marks', async () => {
    const room = await declaredRoom();
    const words = `<!channel> *bold* <https://evil.example|ok> <@U0BEN00001> \u202e ${'&'.repeat(1_500)}`;
    const all = (await events(room)).length + 25;
    for (let n = 0; n < 25; n += 1) await room.incidents.timeline.note(asker, { id: 1, at: undefined, words });
    await incidentBot(room);
    await room.workspace.user('anna').command('#ops', '/ops timeline');
    const message = await room.workspace.waitFor(() => room.workspace.ephemerals('anna')[0], { what: 'the answer' });
    const text = shownText(message);
    expect(text).toContain(`${all - 19}–${all} of ${all}`);
    expect(text).toContain('&lt;!channel&gt; ∗bold∗');
    expect(text).not.toMatch(/<!channel|<https|\u202e/);
    expect(text).toContain('<@U0BEN00001>');
  });
});

describe('an export', () => {
  it('is a file in the thread, with names, and with the checks that failed meanwhile', async () => {
    const room = await declaredRoom();
    const failures = async () => [{ at: room.clock.now(), check: 'api', from: 'ok', to: 'fail' } as const];
    await incidentBot(room, { services: { health: { failures } as never } });
    await typed(room, 'timeline add <!channel> <b>rolled back</b> | *now*');
    const { workspace } = room;
    for (const format of ['md', 'json'] as const) {
      await workspace.user('anna').command('#ops', `/ops timeline INC-1 --export ${format}`);
      const file = await workspace.waitFor(
        () =>
          workspace
            .messages('#ops')
            .flatMap(({ files }) => files)
            .find(({ name }) => name === `timeline-INC-1.${format}`),
        { what: `the file of ${format}` },
      );
      const text = new TextDecoder().decode(workspace.state.files.get(String(file.id))!.content);
      if (format === 'md') {
        expect(text).toContain('# Timeline of INC-1 P0 Critical: API is down');
        expect(text).toContain('**Noted** · Anna · \\<\\!channel\\> \\<b\\>rolled back\\</b\\> \\| \\*now\\*');
        expect(text).toContain('· api · ok → fail');
      } else {
        expect(JSON.parse(text)).toMatchObject({ format: 'rounds-timeline', version: 1, checks: [{ check: 'api' }] });
      }
    }
  });

  it('is printed in a terminal', async () => {
    const room = await declaredRoom();
    const asked = { face: 'terminal' as const };
    expect((await typed(room, 'timeline INC-1 --markdown', asked)).terminal(style)).toMatch(/^# Timeline of INC-1/);
    expect((await typed(room, 'timeline', asked)).json?.()).toMatchObject({ incident: { id: 'INC-1' } });
    expect((await typed(room, 'timeline', asked)).terminal(style)).toMatch(
      /^Timeline of INC-1.*\n +\d+ {2}2026-11-23 .*Declared/,
    );
  });
});

describe('what Rounds writes down by itself', () => {
  it('is a try of the page that failed, once for each reason', async () => {
    const room = await roomOf(store);
    room.workspace.fault('pagerduty.enqueue', { kind: 'http', status: 500 }, 3);
    await room.incidents.declare(asker, down);
    await room.queue.finish();
    const ofPage = (await events(room)).filter(({ kind }) => kind.startsWith('page_'));
    expect(ofPage.map(({ kind }) => kind)).toEqual(['page_failed', 'page_accepted']);
    expect(ofPage[0]?.words).toMatch(/^page 1: .*500/);
  });

  it('is each command that is typed in its channel, or that names it, without secrets', async () => {
    const room = await declaredRoom();
    await room.incidents.declare(asker, { ...down, key: 'k2' });
    await giveHome(room, 2, '#incidents');
    await incidentBot(room);
    const user = room.workspace.user('anna');
    await user.command('#incidents', '/ops incident severity P1 password=hunter2');
    await user.command('#ops', '/ops incident ack INC-1');
    await user.command('#ops', '/ops incident');
    await user.command('#incidents', '/ops timeline');
    await expect.poll(() => kinds(room, 1), { timeout: 25_000 }).toContain('acknowledged');
    await expect.poll(() => room.workspace.ephemerals('anna').length, { timeout: 25_000 }).toBe(1);
    await room.incidents.timeline.settled();
    const commands = async (id: number) =>
      (await events(room, id)).flatMap(({ kind, words, by }) => (kind === 'command' ? [`${by} ${words}`] : []));
    expect(await commands(1)).toEqual(['slack:U0ANNA0001 /ops incident ack INC-1']);
    expect(await commands(2)).toEqual([
      expect.stringMatching(/^slack:U0ANNA0001 \/ops incident severity P1 password=(?!h)/),
    ]);
  });

  it('is no command of somebody who was not let in, and none holds the answer up', async () => {
    const room = await declaredRoom();
    await giveHome(room, 1, '#incidents');
    const nobody = {
      ...viewersOnly,
      decide: async () => ({ kind: 'denied' as const, why: 'guest' as const, message: 'no' }),
    };
    await incidentBot(room, { access: nobody });
    await room.workspace.user('anna').command('#incidents', '/ops incident');
    await expect.poll(() => room.workspace.ephemerals('anna').length, { timeout: 25_000 }).toBe(1);
    await room.incidents.timeline.settled();
    expect(await kinds(room)).not.toContain('command');
  });

  it('is at most so many commands that the database has not taken yet', async () => {
    const room = await declaredRoom();
    for (let n = 0; n < 80; n += 1) room.incidents.timeline.ran({ actor: asker.by, name: 'health', words: 'INC-1' });
    await room.incidents.timeline.settled();
    expect((await kinds(room)).filter((kind) => kind === 'command')).toHaveLength(50);
  });
});
