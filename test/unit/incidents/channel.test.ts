import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { archiving, nextStep, type Scene, toInvite } from '../../../src/incidents/channel/decide.ts';
import { channelName, channelTopic } from '../../../src/incidents/channel/name.ts';
import { notificationFacts } from '../../../src/incidents/channel/notification.ts';
import { offerPost } from '../../../src/incidents/channel/views.ts';
import type { Incident } from '../../../src/incidents/model.ts';
import { readSeverities } from '../../../src/severities/read.ts';
import { incidentOf } from './sample.ts';

const at = new Date('2026-11-23T23:30:00Z');
const text = 'label: P0 Critical\nrank: 0\ncriteria: It is bad\nresponse_time: 15m\npage: page\n';
const severitySample = readSeverities([{ id: 'p0', file: 'p0.yml', text }])[0]!;
const called = (title: string, over: Partial<Incident> = {}) => incidentOf({ title, declaredAt: at, ...over });

describe('the name of a channel', () => {
  it.each([
    ['API is down', 'inc-20261123-api-is-down'],
    ['  Ärger: Größe & Café!! ', 'inc-20261123-arger-gro-e-cafe'],
    ['الخدمة متوقفة', 'inc-20261123-42'],
    ['<!channel> <https://evil|ok>', 'inc-20261123-channel-https-evil-ok'],
    ['---', 'inc-20261123-42'],
    ['one two three four five six seven eight nine ten eleven', 'inc-20261123-one-two-three-four-five-six'],
  ])('of %j is %s', (title, name) => {
    expect(channelName(called(title), 'UTC', 1)).toBe(name);
  });

  it("is by the team's day, says that it is a drill, and has no title where nobody outside may read it", () => {
    expect(channelName(called('API'), 'Asia/Tokyo', 1)).toBe('inc-20261124-api');
    expect(channelName(called('API', { drill: true }), 'UTC', 3)).toBe('inc-20261123-drill-api-3');
    expect(channelName(called('Ann Smith', { phi: true }), 'UTC', 1)).toBe('inc-20261123-42');
    expect(channelName(called('Ann Smith', { private: true }), 'UTC', 2)).toBe('inc-20261123-42-2');
  });

  it('is always one that Slack takes', () => {
    const any = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 300 }));
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 99 }), fc.boolean(), (title, tries, drill) => {
        const name = channelName(called(title, { drill }), 'UTC', tries);
        expect(name).toMatch(/^inc-\d{8}(-[a-z0-9]+)+$/);
        expect(name.length).toBeLessThanOrEqual(80);
      }),
    );
  });
});

describe('its topic', () => {
  it('is within 250 characters, with no escape cut in two, and nothing in it is live', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 400 }), fc.constant('<&>'.repeat(200))), (title) => {
        const topic = channelTopic(called(title, { mitigated: { at, by: 'x' } }));
        expect(topic.length).toBeLessThanOrEqual(250);
        expect(topic.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
        expect(topic).toMatch(/ · mitigated$/);
      }),
    );
  });
});

describe('the next step', () => {
  const home = { channel: 'C1', name: 'inc' };
  const scene = (
    over: Partial<Incident> = {},
    kept: Partial<Scene['kept']> = {},
    rest: Partial<Scene> = {},
  ): Scene => ({
    incident: called('API', over),
    kept: {
      ...{ name: 'inc', tries: 1, onCallAsked: true, notified: true, archiveDue: false, archived: false, refused: {} },
      ...{ people: [], links: [] },
      ...kept,
    },
    ...{ concerned: [], severity: severitySample, asksOnCall: true, now: at },
    ...rest,
  });
  const settled = {
    topic: channelTopic(called('API')),
    summary: { ts: '1', shown: 99 },
    pinnedTs: '1',
    offered: severitySample.id,
  };
  const over = { at, by: 'x', words: '' };

  it.each<[string, Scene]>([
    ['create', scene()],
    ['find', scene({}, { begunAgoMs: 3_000 })],
    ['find', scene({ resolved: over }, { begunAgoMs: 3_000 })],
    ['done', scene({ resolved: over })],
    ['topic', scene({ home })],
    ['on-call', scene({ home }, { ...settled, onCallAsked: false })],
    [
      'done',
      scene(
        { home, drill: true },
        { ...settled, onCallAsked: false, topic: channelTopic(called('API', { drill: true })) },
      ),
    ],
    ['done', scene({ home }, { ...settled, onCallAsked: false }, { now: new Date(at.getTime() + 3_600_000) })],
    ['invite', scene({ home }, settled, { concerned: ['U1'] })],
    ['done', scene({ home }, { ...settled, people: [{ person: 'U1', state: 'refused' }] }, { concerned: ['U1'] })],
    ['bookmark', scene({ home }, { ...settled, links: [{ url: 'x', title: 'x', state: 'wanted' }] })],
    ['summary', scene({ home }, { ...settled, summary: { ts: '1', shown: 0 } })],
    ['pin', scene({ home }, { ...settled, pinnedTs: '0' })],
    ['done', scene({ home }, { ...settled, pinnedTs: '0', refused: { pin: 'missing_scope' } })],
    ['notify', scene({ home }, { ...settled, notified: false })],
    ['notify', scene({ homeProblem: 'no' }, { notified: false })],
    ['done', scene({ home }, { ...settled, archiveDue: true })],
    ['archive', scene({ home, resolved: over }, { ...settled, archiveDue: true, topic: 'INC-42 P0: API · resolved' })],
    ['look', scene({ home, homeProblem: 'it is archived' }, settled)],
    ['unarchive', scene({ home, homeProblem: 'it is archived' }, { ...settled, archived: true })],
    ['done', scene({ home, homeProblem: 'it is archived', resolved: over }, { ...settled, archived: true })],
  ])('is %s', (step, seen) => {
    const topic = seen.kept.topic?.endsWith('resolved') ? channelTopic(seen.incident) : seen.kept.topic;
    const kept = { ...seen.kept, ...(topic !== undefined && { topic }) };
    expect(nextStep({ ...seen, kept })).toBe(step);
  });

  it('is another one where one was put off', () => {
    expect(nextStep(scene({ home }), new Set(['topic']))).toBe('summary');
  });

  it('asks nobody in twice', () => {
    const people = [
      { person: 'U1', state: 'invited' as const },
      { person: 'U2', state: 'wanted' as const },
    ];
    expect(toInvite(scene({}, { people }, { concerned: ['U3', 'U1', 'U2'] }))).toEqual(['U3', 'U2']);
  });

  it('archives what is over when its time has come', () => {
    expect(archiving(called('a', { home, resolved: over }), at, at)).toBe('archive');
    expect(archiving(called('a', { home, resolved: over }), new Date(at.getTime() + 1), at)).toBe('early');
    expect(archiving(called('a', { home }), at, at)).toBe('open');
    expect(archiving(called('a', { home, resolved: over }), at, at, { needed: true })).toBe('needed');
    expect(archiving(called('a', { resolved: over }), at, at)).toBe('none');
  });
});

describe('the first notification', () => {
  const facts = (over: Partial<Incident>, inside = false) =>
    notificationFacts(called('API is down', { systems: 'API', known: 'since six', ...over }), severitySample, {
      zone: 'UTC',
      inside,
    });

  it('names the title and what is known only inside, where PHI may be involved', () => {
    expect(facts({ phi: true })).toMatchObject({
      title: 'PHI may be involved, details in its channel',
      systems: '',
      known: '',
    });
    expect(facts({ phi: true }, true)).toMatchObject({ title: 'API is down', systems: 'API', known: 'since six' });
  });

  it('says when it was detected, as far as what it was declared from tells', () => {
    const origin = { kind: 'check', id: 'api', outcome: 'fail', reason: '503', since: '2026-11-23T23:10:00Z' } as const;
    expect(facts({ origin }).detected).toBe('23 Nov 23:10 UTC');
    expect(facts({}).detected).toBe('23 Nov 23:30 UTC');
  });

  it.each<[Partial<Incident>, RegExp]>([
    [{}, /^who is on call is paged; .*within 15 min$/],
    [{ drill: true }, /drill/],
    [{ way: 'email' }, /e-mail/],
    [{ way: 'slack' }, /nobody is paged at this hour/],
    [{ notPaged: { why: 'x', at, said: false } }, /call who is on call/],
    [{ acknowledged: { at, by: 'x' } }, /somebody is on it/],
  ])('says what is done first: %#', (over, words) => {
    expect(facts(over).response).toMatch(words);
  });
});

it('offers links, files by buttons, and checklists by name', () => {
  const { blocks } = offerPost({
    ...severitySample,
    runbooks: ['https://wiki.example.com/Api%20down', ...Array.from({ length: 6 }, (_, n) => `book-${n}`)],
    checklists: ['after'],
  });
  const text = JSON.stringify(blocks);
  expect(text).toContain('<https://wiki.example.com/Api%20down|Api down>');
  expect(text).toContain('More runbooks: book-5');
  expect(text).toContain('Checklists: after');
  expect(text.match(/incident\.runbook\.\d/g)).toHaveLength(5);
});
