import { expect, it } from 'vitest';
import { standingOf } from '../../../src/slack/standing.ts';

const member = { id: 'U1', team_id: 'T1', deleted: false, is_bot: false, is_restricted: false };
const grid = (...teams: string[]) => ({ enterprise_user: { id: 'U1', enterprise_id: 'E1', teams } });

it.each([
  ['a full member', {}, 'member'],
  ['a guest of several channels', { is_restricted: true }, 'guest'],
  ['a guest of one channel', { is_restricted: true, is_ultra_restricted: true }, 'guest'],
  ['a guest that only says ultra', { is_ultra_restricted: true }, 'guest'],
  ['a bot', { is_bot: true }, 'bot'],
  ['a workflow', { is_workflow_bot: true }, 'bot'],
  ["Slack's own bot", { id: 'USLACKBOT' }, 'bot'],
  ['a deactivated account', { deleted: true }, 'deactivated'],
  ['somebody of another workspace', { team_id: 'T2' }, 'foreign'],
  ['a stranger of a shared channel', { is_stranger: true }, 'foreign'],
  ['somebody without a workspace', { team_id: undefined }, 'foreign'],
  ['a grid member with us and another home', { team_id: 'T2', ...grid('T2', 'T1') }, 'member'],
  ['a grid member without us', { ...grid('T2') }, 'foreign'],
  ['a guest of the grid', { team_id: 'T2', is_restricted: true, ...grid('T1') }, 'guest'],
  ['a stranger whose grid names us', { is_stranger: true, ...grid('T1') }, 'foreign'],
  ['an answer that does not say whether it is active', { deleted: undefined }, undefined],
  ['an answer without an id', { id: undefined }, undefined],
])('%s', (_, facts, expected) => {
  expect(standingOf({ ...member, ...facts }, 'T1')).toBe(expected);
});
