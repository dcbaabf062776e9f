import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/incidents/model.ts';
import { headOf, incidentPost, notPagedPost, pagedAfterAllPost } from '../../../src/incidents/views/message.ts';
import { incidentOf, noon } from './sample.ts';

const facts = { call: [], done: [] };

const home = { channel: 'C0HOME', name: 'inc-20261123-api-is-down' };
const mention = '<@U0BEN00001>';
const textOf = (over: Partial<Incident>, seen: Parameters<typeof incidentPost>[2] = {}) =>
  JSON.stringify(incidentPost(incidentOf(over), noon, seen).blocks);

describe('the message of an incident', () => {
  it.each<[string, Partial<Incident>, string]>([
    ['open', {}, '*Open*'],
    ['taken on', { acknowledged: { at: noon, by: mention } }, '*Being worked on*'],
    ['mitigated', { mitigated: { at: noon, by: mention } }, 'the harm is over'],
    ['paused', { paused: { at: noon, by: mention } }, `paused by ${mention}: nobody is reminded`],
    ['resolved', { resolved: { at: noon, by: mention, words: 'rolled back' } }, `by ${mention}: rolled back`],
    ['merged', { mergedInto: 7, resolved: { at: noon, by: mention, words: '' } }, 'The same as INC-7, which goes on'],
    ['a drill', { drill: true }, 'DRILL INC-42'],
    ['with a next update', { nextUpdateAt: noon }, 'Next update <!date^'],
    ['with a channel', { home }, '<#C0HOME>'],
    ['without one', { homeProblem: 'it is archived' }, "Its channel can't be used: it is archived"],
    ['affecting something', { systems: 'API <!here>' }, 'Affected: API &lt;!here&gt;'],
  ])('%s says so', (_, over, words) => {
    expect(textOf(over)).toContain(words);
  });

  it('offers to take command only while it is wanted, nobody has it and it is not over', () => {
    const seen = { commander: true };
    expect(textOf({}, seen)).toContain('role.claim');
    expect(textOf({}, seen)).toContain('"value":"42:commander"');
    expect(textOf({})).not.toContain('Commander');
    const held = { commander: { id: 'slack:U0BEN00001', mention, since: noon } };
    expect(textOf({ roles: held })).toContain(`Commander: ${mention}`);
    expect(textOf({ roles: held }, seen)).not.toContain('role.claim');
    expect(textOf({ resolved: { at: noon, by: mention, words: '' } }, seen)).not.toContain('role.claim');
  });

  const secret = { title: 'Ann Smith', systems: 'Portal', known: 'all of it', home } as const;
  const resolved = { at: noon, by: mention, words: 'hid Ann' };
  it.each([
    ['PHI may be involved', { phi: true }],
    ['it is private', { private: true }],
  ])('outside its channel shows neither title nor what is known where %s', (_, over) => {
    for (const each of [
      { ...secret, ...over },
      { ...secret, ...over, resolved },
    ]) {
      const incident = incidentOf({ ...each, notPaged: { why: 'refused', at: noon, said: false } });
      const posts = [
        incidentPost(incident, noon),
        notPagedPost(incident, facts, noon),
        pagedAfterAllPost(incident, noon),
      ];
      expect(JSON.stringify([posts, headOf(incident)])).not.toMatch(/Ann|Portal|all of it/);
      expect(textOf(each, { inside: true })).toMatch(/Ann Smith.*Portal.*all of it/);
    }
  });

  it('that nobody was paged for a private one has no button for those who are not in it', () => {
    const post = notPagedPost(
      incidentOf({ private: true, notPaged: { why: 'x', at: noon, said: false } }),
      facts,
      noon,
    );
    expect(JSON.stringify(post)).not.toContain('action_id');
  });
});
