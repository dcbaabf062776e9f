import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { draftsOf } from '../../../src/discovery/drafts.ts';
import type { Section } from '../../../src/discovery/find.ts';
import { renderOps } from '../../../src/discovery/render.ts';
import { hostileText } from '../../support/hostile-text.ts';

const place = {
  account: undefined,
  region: 'eu-west-1',
  first: true,
  where: { account: undefined, region: 'eu-west-1' },
};
const aws = { region: undefined, accounts: new Map() };

function rendered(names: readonly string[], off?: true): string {
  const section: Section = {
    discovery: { service: 'ECS', group: 'services', iam: [], find: async () => ({ found: [] }) },
    place,
    remarks: names.slice(0, 1),
    found: names.map((name) => ({
      ...{ name, type: 'ecs-services', params: { cluster: name }, comment: [`Cluster ${name}`] },
      ...(off && { off }),
    })),
  };
  const unread = { ...section, found: [], unread: { why: names[0] ?? '', next: names[1] } };
  const sections = draftsOf([section, unread], new Set(['ecs-services']));
  const places = [{ account: undefined, region: 'eu-west-1', number: '123456789012' }];
  return renderOps({ sections, places, unreached: names.slice(0, 2), aws, at: new Date('2026-11-26T00:00:00Z') });
}

interface Parsed {
  checks: { 'ecs-services': { cluster: string } }[] | null;
}

it('whatever the names: each is a value of its own check, and comments stay comments', () => {
  const name = fc.oneof(hostileText, fc.string({ unit: 'binary', maxLength: 60 })).map((text) => text.toWellFormed());
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), (names) => {
      const read = parse(rendered(names)) as Parsed;
      expect(Object.keys(read)).toEqual(['version', 'defaults', 'groups', 'checks']);
      expect(read.checks?.map((check) => check['ecs-services'].cluster)).toEqual(names);
      expect((parse(rendered(names, true)) as Parsed).checks).toBeNull();
    }),
  );
});

it('says what was not read first, and where to look', () => {
  const text = rendered(['AccessDenied', 'grant it']);
  expect(text.indexOf('NOT EVERYTHING WAS READ')).toBeLessThan(text.indexOf('version: 1'));
  expect(text).toContain('#   ECS in eu-west-1: AccessDenied → grant it');
  expect(text).toContain('  # --- ECS (eu-west-1): not read, see the top');
});
