import { beforeAll, describe, expect, it } from 'vitest';
import { createAudit } from '../../../src/audit/audit.ts';
import { verifyAudit } from '../../../src/audit/verify.ts';
import type { Reply } from '../../../src/kernel/command.ts';
import type { Store } from '../../../src/store/store.ts';
import { viewersOnly } from '../../support/access.ts';
import { botOf, servicesOf, typed } from '../../support/checklist-bot.ts';
import { anna, asker, ben, type ChecklistRoom, checklistRoom, morning } from '../../support/checklists.ts';
import { eventually } from '../../support/eventually.ts';
import { dialog, shownText } from '../../support/slack-bot.ts';
import { embeddedStore } from '../../support/store.ts';

const style = { colour: false, width: 80, zone: 'UTC' };
const said = (reply: Reply) => reply.terminal(style);
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

describe('a line', () => {
  it('in a terminal goes through a checklist from its beginning to its end', async () => {
    const room = await checklistRoom(store);
    const services = servicesOf(room);
    services.owners.has = async () => ({ kind: 'allowed' });
    const line = async (text: string) => said(await typed(room, text, { face: 'terminal', id: 'os:anna', services }));
    expect(await line('')).toBe('         morning  Morning round (3 items)');
    expect(await line('morning')).toMatch(
      /^Begun\nMorning round \(run 1\) · 1\/3 · due 2026-11-23 10:00 · 3 min of 15 min left for people\n\[x\] 1 The API answers {2}\([^)]*42 ms/,
    );
    expect(await line('')).toContain('OPEN     morning  1/3  due 2026-11-23 10:00  (run 1)');
    await expect(line('done morning 2')).rejects.toMatchObject({
      message: expect.stringContaining('a note of what you found is missing'),
    });
    expect(await line('done morning 2 two reports https://example.com/r/1')).toContain('2/3');
    expect(await room.run()).toMatchObject({
      items: [{}, { note: 'two reports', link: 'https://example.com/r/1' }, {}],
    });
    expect(await line('leave-out morning 3 nothing is changed today')).toContain('3/3');
    expect(await line('reopen morning 3')).toContain('2/3');
    expect(await line('done morning 3')).toContain('3/3');
    expect(await line('note morning 3 see the calendar')).toContain('3/3');
    expect(await line('morning')).toContain('done, to be attested');
    expect(await line('attest morning')).toBe('You attested Morning round (run 1)');
    expect(await line('1')).toContain('attested by os:anna');
    expect(await line('morning --history')).toMatch(
      /^ {4}1 {2}2026-11-23 09:00 {2}3\/3 {5}finished 2026-11-23 09:00 by os:anna$/,
    );
  });

  it.each([
    'nowhere',
    'done',
    'done morning',
    'done morning x',
    'morning --xml',
    'morning --csv 99',
    'close',
    'note morning 2',
    'done morning 9',
  ])('that means nothing says what would: %s', async (line) => {
    const room = await checklistRoom(store);
    await room.begin();
    await expect(typed(room, line)).rejects.toMatchObject({ name: 'OpsError', hint: expect.any(String) });
  });

  it.each([
    'morning',
    'done morning 3',
    'leave-out morning 3 why',
    'attest morning',
    'close morning for a reason',
    'again morning',
    'reopen morning 1',
  ])('of a viewer changes nothing: %s', async (line) => {
    const room = await checklistRoom(store);
    const begun = line === 'morning' ? undefined : await room.begin();
    await expect(typed(room, line, { may: viewersOnly })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await room.checklists.run(1)).toEqual(begun);
  });

  it('that ends one of two open runs says which; the reminder names its own', async () => {
    const room = await checklistRoom(store);
    for (const day of ['2026-11-22', '2026-11-23'])
      await room.checklists.begin(asker, { name: 'morning', slot: new Date(`${day}T08:00:00Z`) });
    await room.queue.finish();
    for (const line of ['close morning nobody was there', 'attest morning'])
      await expect(typed(room, line)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/2 runs of morning are open: 1 .*, 2 /),
      });
    expect(said(await typed(room, 'close 1 nobody was there'))).toContain('(run 1)');
    expect(await room.run(1)).toMatchObject({ state: 'closed' });
    expect(await room.run(2)).toMatchObject({ state: 'open' });
  });

  it('with a slip in the name says which was meant', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    await expect(typed(room, 'done mornin 3')).rejects.toMatchObject({ hint: 'Did you mean morning?' });
  });

  it('measures again', async () => {
    const room = await checklistRoom(store);
    room.api.latencyMs = 900;
    await room.begin();
    room.api.latencyMs = 40;
    expect(said(await typed(room, 'again morning'))).toContain('1/3');
  });
});

describe('the history', () => {
  async function gone(room: ChecklistRoom, note: string) {
    const { id } = await room.begin();
    await room.checklists.change(asker, {
      id,
      changes: [
        { n: 2, to: 'done', note },
        { n: 3, to: 'done' },
      ],
    });
    await room.checklists.attest(asker, id);
    await room.queue.finish();
  }
  const file = async (reply: Reply) => (await reply.files!())[0]!;

  it('is a JSON file whose rows of the audit are those of the chain', async () => {
    // Numbers of runs are given again in the other tests; the audit has what was before.
    const own = await embeddedStore();
    const room = await checklistRoom(own);
    await gone(room, 'none');
    await gone(room, 'one');
    const { name, text, asItIs } = await file(await typed(room, 'morning --json'));
    expect([name, asItIs]).toEqual(['checklist-morning.json', true]);
    const { format, runs } = JSON.parse(text);
    expect([format, runs.length]).toEqual(['rounds-checklist', 2]);
    const [newest] = runs;
    expect(newest).toMatchObject({ run: 2, state: 'finished', endedBy: anna.id });
    expect(newest.audit.map(({ action }: { action: string }) => action)).toEqual([
      ...[
        'checklist.begin',
        'checklist.measure',
        'checklist.tick',
        'checklist.tick',
        'checklist.done',
        'checklist.attest',
      ],
    ]);
    expect(newest.items[1]).toMatchObject({
      id: 'page',
      by: anna.id,
      note: 'one',
      audit: newest.audit[2] && { seq: newest.audit[2].seq, hash: newest.audit[2].hash },
    });
    const { rows } = await own.pool.query(
      "select seq::int as seq, encode(hash, 'hex') as hash from audit_entry order by seq",
    );
    for (const { seq, hash } of runs.flatMap((run: { audit: { seq: number; hash: string }[] }) => run.audit))
      expect(rows).toContainEqual({ seq, hash });
    expect((await verifyAudit(own)).fault).toBeUndefined();
    const one = JSON.parse((await file(await typed(room, 'morning --json 1'))).text);
    expect(one.runs).toHaveLength(1);
    expect(one.runs[0]).toMatchObject({ run: 1, audit: { length: 6 } });
  });

  it('has of an erased row no older one in its place, and the end’s number and hash stay', async () => {
    const own = await embeddedStore();
    const room = await checklistRoom(own);
    const { id } = await room.begin();
    const note = (text: string) => room.checklists.change(asker, { id, changes: [{ n: 2, to: 'done', note: text }] });
    await note('a patient was named');
    await room.checklists.change(asker, { id, changes: [{ n: 2, to: 'open' }] });
    room.clock.move(1_000);
    await note('two reports');
    await room.checklists.change(asker, { id, changes: [{ n: 3, to: 'done' }] });
    await room.checklists.attest(asker, id);
    await room.queue.finish();
    const before = (await room.checklists.exported('morning', [await room.run()], { head: undefined, more: false }))
      .runs[0]!;
    const ticked = before.audit
      .filter(({ action, items }) => action === 'checklist.tick' && items.includes('page'))
      .at(-1)!;
    expect(before.items[1]?.audit?.seq).toBe(ticked.seq);
    const audit = createAudit({ store: own, clock: room.clock });
    for (const seq of [ticked.seq, before.proof!.seq])
      await audit.erase({ actor: 'os:root', request: 'ABC123' }, { seq: BigInt(seq), reason: 'it is for this test' });
    const after = (await room.checklists.exported('morning', [await room.run()], { head: undefined, more: false }))
      .runs[0]!;
    expect(after.items[1]).toMatchObject({ note: 'two reports', audit: null });
    expect(after.proof).toEqual(before.proof);
    expect((await verifyAudit(own)).fault).toBeUndefined();
  });

  it('says when there are more runs than a file takes; an older one is found by its number', async () => {
    const own = await embeddedStore();
    const room = await checklistRoom(own);
    await room.begin();
    await own.pool.query(`insert into checklist_run (name, slot, plan, state, begun_at, begun_by, begun_by_mention, due_at)
      select name, begun_at + n * interval '1 hour', plan, 'closed', begun_at + n * interval '1 hour', 'rounds', 'Rounds', due_at
      from checklist_run, generate_series(1, 3000) as n`);
    const services = servicesOf(room);
    const reply = await typed(room, 'morning --json', { services });
    const { title, text } = await file(reply);
    expect(title).toContain('the newest 3000 runs');
    const whole = JSON.parse(text);
    expect([whole.more, whole.runs.length]).toEqual([true, 3_000]);
    expect(JSON.parse((await file(await typed(room, 'morning --json 1'))).text)).toMatchObject({
      more: false,
      runs: [{ run: 1 }],
    });
  });

  it('is a CSV file that no spreadsheet takes for formulas', async () => {
    const room = await checklistRoom(store, {
      files: { morning: morning.replace("Today's changes are known", '"@today"') },
    });
    await gone(room, '=HYPERLINK("https://evil.example","x"), and more');
    const { name, text } = await file(await typed(room, 'morning --csv'));
    expect(name).toBe('checklist-morning.csv');
    const lines = text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^run,title,slot,state,.*,audit_seq,audit_hash,run_audit_seq,run_audit_hash$/);
    expect(lines[2]).toContain(`"'=HYPERLINK(""https://evil.example"",""x""), and more"`);
    expect(lines[3]).toContain(`"'@today"`);
  });

  it('is listed in Slack, newest first', async () => {
    const room = await checklistRoom(store);
    expect(JSON.stringify((await typed(room, 'morning --history')).slack())).toContain('never begun');
    await gone(room, 'none');
    await room.begin();
    await room.checklists.close(asker, { id: 2, reason: 'in the incident' });
    const post = JSON.stringify((await typed(room, 'morning --history')).slack());
    expect(post).toMatch(/\*2\* .* closed by <@U0ANNA0001>: in the incident.*\*1\* .* attested by <@U0ANNA0001>/);
  });
});

describe('in Slack', () => {
  async function begun(files?: Record<string, string>) {
    const room = await checklistRoom(store, files && { files });
    await room.begin();
    await botOf(room);
    const message = () => room.workspace.messages('#ops').find(({ bot_id, thread_ts }) => bot_id && !thread_ts)!;
    return { ...room, message };
  }

  it('the button ticks, the message shows it, and who comes second is told', async () => {
    const room = await begun({ morning: morning.replace(', evidence: note', '') });
    const { workspace } = room;
    const before = room.message();
    await workspace.user('anna').click(before, 'checklist.tick');
    await eventually(async () => expect((await room.run()).items[1]).toMatchObject({ by: anna }));
    // The message is as it was: both saw it open.
    await workspace.user('ben').click(before, 'checklist.tick');
    const told = await workspace.waitFor(() => workspace.ephemerals('ben').at(-1), { what: 'who was first' });
    expect(shownText(told)).toContain('<@U0ANNA0001> ticked it 1 s ago; theirs stays');
    await room.queue.finish();
    expect(shownText(room.message())).toContain('*2/3*');
    expect(workspace.ephemerals('anna')).toEqual([]);
  });

  it('the menu opens an item: not applicable takes a reason', async () => {
    const room = await begun();
    const { workspace } = room;
    await workspace.user('anna').choose(room.message(), 'checklist.item.1', '1:3');
    const view = await dialog(workspace, 'anna', 'changes are known');
    const refused = await workspace.user('anna').submit(view, { to: 'left_out' });
    expect(JSON.stringify(refused)).toContain('Why does it not apply?');
    await workspace.user('anna').submit(view, { to: 'left_out', note: 'nothing is changed today' });
    await eventually(async () =>
      expect((await room.run()).items[2]).toMatchObject({ state: 'left_out', note: 'nothing is changed today' }),
    );
  });

  it('the dialog has pages of ten; what others ticked meanwhile stays', async () => {
    const items = Array.from({ length: 14 }, (_, at) => `  - { id: i${at + 1}, title: Item ${at + 1} }`).join('\n');
    const room = await begun({ morning: `title: Long\nitems:\n${items}\n` });
    const { workspace } = room;
    expect(shownText(room.message())).toContain('… and 6 more');
    await workspace.user('anna').click(room.message(), 'checklist.page');
    const first = await dialog(workspace, 'anna', 'page 1 of 2');
    await room.checklists.change(
      { by: ben, request: 'BEN123' },
      {
        id: 1,
        changes: [
          { n: 1, to: 'done' },
          { n: 2, to: 'done' },
        ],
      },
    );
    await workspace.user('anna').submit(first, { done: ['2', '3'] });
    const answer = await dialog(workspace, 'anna', '3/14');
    expect(shownText(answer)).toContain('2 Item 2: <@U0BEN00001> ticked it');
    await workspace.user('anna').click(answer, 'checklist.page.2');
    const second = await dialog(workspace, 'anna', 'page 2 of 2');
    await workspace.user('anna').submit(second, { done: ['14'] });
    await eventually(async () =>
      expect((await room.run()).items.map(({ by }) => by?.id)).toEqual([
        ...[ben.id, ben.id, anna.id, ...Array(10).fill(undefined), anna.id],
      ]),
    );
  });

  it('the dialog asks for what must stand beside a tick', async () => {
    const room = await begun();
    const { workspace } = room;
    await workspace.user('anna').click(room.message(), 'checklist.page');
    const view = await dialog(workspace, 'anna', 'Morning round');
    const refused = await workspace.user('anna').submit(view, { done: ['1', '2'] });
    expect(JSON.stringify(refused)).toContain('this must stand beside it');
    await workspace.user('anna').submit(view, { done: ['1', '2', '3'], 'note-2': 'no reports' });
    await eventually(async () =>
      expect(await room.run()).toMatchObject({
        state: 'done',
        items: [{ by: { id: 'rounds' } }, { note: 'no reports' }, {}],
      }),
    );
  });

  it('the owner’s group attests, nobody else', async () => {
    const room = await begun({ morning: morning.replace('@dba', '@platform') });
    const { workspace } = room;
    await room.checklists.change(asker, {
      id: 1,
      changes: [
        { n: 2, to: 'done', note: 'none' },
        { n: 3, to: 'done' },
      ],
    });
    await room.queue.finish();
    await workspace.user('ben').click(room.message(), 'checklist.attest');
    const told = await workspace.waitFor(() => workspace.ephemerals('ben').at(-1), { what: 'the refusal' });
    expect(shownText(told)).toContain('attests Morning round');
    await workspace.user('anna').click(room.message(), 'checklist.attest');
    await eventually(async () => expect(await room.run()).toMatchObject({ state: 'finished', ended: { by: anna } }));
  });

  it('the automatic items are measured again by a button', async () => {
    const room = await begun();
    room.api.latencyMs = 900;
    await room.workspace.user('anna').click(room.message(), 'checklist.measure');
    await eventually(async () =>
      expect((await room.run()).items[0]).toMatchObject({ state: 'open', result: { verdict: 'fail' } }),
    );
  });

  it('a line shows the run to whoever asks, and its buttons answer there', async () => {
    const room = await begun({ morning: morning.replace(', evidence: note', '') });
    const { workspace } = room;
    await workspace.user('ben').command('#alerts', '/ops checklist morning');
    const own = await workspace.waitFor(() => workspace.ephemerals('ben').at(-1), { what: 'the run' });
    expect(shownText(own)).toContain('*1/3*');
    await workspace.user('ben').click(own, 'checklist.tick');
    await eventually(() => expect(shownText(workspace.ephemerals('ben').at(-1)!)).toContain('*2/3*'));
    expect(workspace.messages('#alerts').filter(({ bot_id }) => bot_id)).toEqual([]);
  });
});
