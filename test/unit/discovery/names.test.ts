import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftsOf } from '../../../src/discovery/drafts.ts';
import type { Section } from '../../../src/discovery/find.ts';
import type { Found } from '../../../src/discovery/model.ts';
import { idMaker } from '../../../src/discovery/names.ts';
import { redact } from '../../../src/kernel/redact.ts';

describe('ids', () => {
  it.each([
    ['shop-prod services', 'shop-prod-services'],
    ['Shop_PROD  /ecs/Web', 'shop-prod-ecs-web'],
    ['Größe', 'gro-e'],
    ['Café', 'cafe'],
    ['--x--', 'x'],
    ['🔥', 'rds'],
    ['', 'rds'],
    ['ghp_0123456789abcdefghijklmnopqrstuvwxyz', 'ghp-0123456789abcdefghijklmnopqrstuvwxyz'],
    ['078-05-1120', 'rds'],
  ])('%s → %s', (name, id) => {
    expect(idMaker()([name], 'rds')).toBe(id);
  });

  it('the same wish twice: numbered in order', () => {
    const idOf = idMaker();
    expect(['prod', 'PROD', 'prod-2', 'prod'].map((name) => idOf([name], 'x'))).toEqual([
      'prod',
      'prod-2',
      'prod-2-2',
      'prod-3',
    ]);
  });

  it('whatever the names: in kebab case, short enough, unmasked, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 90 }), { maxLength: 30 }), (names) => {
        const idOf = idMaker();
        const ids = names.map((name) => idOf([name], 'ecs-services'));
        expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id) || id.length > 60 || redact(id) !== id)).toEqual(
          [],
        );
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});

describe('drafts', () => {
  const section = (found: Found[], over: Partial<Section['place']> = {}): Section => ({
    discovery: { service: 'X', group: 'data', iam: [], find: async () => ({ found: [] }) },
    place: {
      account: undefined,
      region: 'eu-west-1',
      first: true,
      where: { account: undefined, region: 'eu-west-1' },
      ...over,
    },
    ...{ found, remarks: [] },
  });
  const rds: Found = {
    ...{ name: 'main', type: 'rds', params: { instance: 'main' }, comment: [] },
    orElse: [{ name: 'main cpu', type: 'cloudwatch-metric', params: {}, comment: [] }],
  };
  const entries = (sections: Section[], types: string[]) =>
    draftsOf(sections, new Set(types)).flatMap(({ drafts }) => drafts.map(({ entry }) => entry));

  it('of a type that is there the check, else what stands in for it, else nothing', () => {
    expect(entries([section([rds])], ['rds', 'cloudwatch-metric'])).toEqual([
      { id: 'main', group: 'data', rds: { instance: 'main', region: 'eu-west-1' } },
    ]);
    expect(entries([section([rds])], ['cloudwatch-metric'])).toMatchObject([{ id: 'main-cpu' }]);
    expect(entries([section([rds])], [])).toEqual([]);
  });

  it('what lives in another region is asked there, and is there once', () => {
    const trail: Found = {
      name: 'org',
      type: 'cloudtrail',
      params: { trail: 'org' },
      region: 'us-east-1',
      comment: [],
    };
    const both = [section([trail]), section([trail], { region: 'us-west-2', first: false })];
    expect(entries(both, ['cloudtrail'])).toEqual([
      { id: 'org-us-east-1', group: 'data', cloudtrail: { trail: 'org', region: 'us-east-1' } },
    ]);
  });

  it('accounts are named by their checks, and by ids where there are several', () => {
    const both = [section([rds], { account: 'lab' }), section([rds])];
    expect(entries(both, ['rds']).map(({ id }) => id)).toEqual(['lab-main', 'own-main']);
    expect(entries([section([rds], { account: 'lab' })], ['rds'])).toMatchObject([
      { id: 'main', rds: { account: 'lab' } },
    ]);
  });
});
