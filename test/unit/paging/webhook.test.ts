import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSignedByPagerDuty, readPagerDutyWebhook } from '../../../src/paging/webhook.ts';

const body = Buffer.from('{"event":{"id":"1"}}');
const sign = (secret: string, of: Uint8Array = body) => `v1=${createHmac('sha256', secret).update(of).digest('hex')}`;

const event = {
  id: '5ac64822-4adc-4fda-ade0-410becf0de4f',
  event_type: 'incident.acknowledged',
  resource_type: 'incident',
  occurred_at: '2026-10-02T18:45:22.169Z',
  agent: {
    id: 'PLH1HKV',
    type: 'user_reference',
    summary: 'Anna Example',
    self: 'https://api.pagerduty.com/users/PLH1HKV',
  },
  client: null,
  data: {
    ...{ id: 'PGR0VU2', type: 'incident', number: 2, status: 'acknowledged', incident_key: 'rounds:1:1' },
    ...{ html_url: 'https://acme.pagerduty.com/incidents/PGR0VU2', title: 'API down', assignees: [{ id: 'PLH1HKV' }] },
  },
};
const read = (changes: Record<string, unknown> = {}) =>
  readPagerDutyWebhook(JSON.stringify({ event: { ...event, ...changes } }));

describe('the signature', () => {
  it('is good by any secret, among any other signatures', () => {
    expect(isSignedByPagerDuty(body, sign('one'), ['one'])).toBe(true);
    expect(isSignedByPagerDuty(body, sign('new'), ['old', 'new'])).toBe(true);
    expect(isSignedByPagerDuty(body, `${sign('x')}, v2=abc,${sign('one')}`, ['one'])).toBe(true);
    expect(isSignedByPagerDuty(body, [sign('x'), sign('one').toUpperCase().replace('V1', 'v1')], ['one'])).toBe(true);
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['of another secret', sign('two')],
    ['of another body', sign('one', Buffer.from('{}'))],
    ['without its version', sign('one').slice(3)],
    ['of another version', sign('one').replace('v1', 'v0')],
    ['cut', sign('one').slice(0, -2)],
    ['no hex', `v1=${'z'.repeat(64)}`],
  ])('%s is refused', (_, header) => {
    expect(isSignedByPagerDuty(body, header, ['one'])).toBe(false);
  });

  it('is never good without a secret', () => {
    expect(isSignedByPagerDuty(body, sign('one'), [])).toBe(false);
    expect(isSignedByPagerDuty(body, sign(''), [''])).toBe(false);
  });

  it('throws at nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array(), (header, bytes) => {
        expect(isSignedByPagerDuty(bytes, `v1=${header}`, ['one'])).toBe(false);
      }),
    );
  });
});

describe('what it says', () => {
  it('is who did what to which page, when', () => {
    expect(read()).toEqual({
      kind: 'notice',
      notice: {
        ...{ id: event.id, what: 'acknowledged', dedupKey: 'rounds:1:1', at: new Date('2026-10-02T18:45:22.169Z') },
        agent: { kind: 'user', id: 'PLH1HKV', name: 'Anna Example' },
        incident: {
          ...{ id: 'PGR0VU2', status: 'acknowledged', title: 'API down', assigned: 1 },
          url: 'https://acme.pagerduty.com/incidents/PGR0VU2',
        },
      },
    });
  });

  it.each(['triggered', 'resolved', 'reassigned', 'escalated', 'reopened', 'unacknowledged'])('%s is told', (what) => {
    expect(read({ event_type: `incident.${what}` })).toMatchObject({ kind: 'notice', notice: { what } });
  });

  it('an event of our own is told apart from a person, and PagerDuty itself has no agent', () => {
    const agent = { id: 'PEVENTS', type: 'inbound_integration_reference', summary: 'Events API v2' };
    expect(read({ agent })).toMatchObject({ notice: { agent: { kind: 'integration', name: 'Events API v2' } } });
    const timedOut = read({ agent: null });
    expect(timedOut).toMatchObject({ kind: 'notice' });
    expect(timedOut).not.toHaveProperty('notice.agent');
  });

  it('an incident without a key is known by its id', () => {
    const found = read({ data: { ...event.data, incident_key: null } });
    expect(found).toMatchObject({ notice: { incident: { id: 'PGR0VU2' } } });
    expect(found).not.toHaveProperty('notice.dedupKey');
  });

  it('what Rounds has no use for is ignored, whatever is in it', () => {
    expect(read({ event_type: 'pagey.ping', agent: null, data: null })).toEqual({
      kind: 'ignored',
      type: 'pagey.ping',
    });
    expect(read({ event_type: 'incident.annotated', occurred_at: 7 })).toMatchObject({ kind: 'ignored' });
  });

  it.each([
    ['no JSON', '{', 'the body'],
    ['another shape', '{"messages":[]}', 'event'],
    ['a list', '[]', 'the body'],
    ['no time', JSON.stringify({ event: { ...event, occurred_at: 'soon' } }), 'event.occurred_at'],
    ['no incident', JSON.stringify({ event: { ...event, data: {} } }), 'event.data.id'],
  ])('%s is invalid, and says where', (_, text, where) => {
    expect(readPagerDutyWebhook(text)).toEqual({ kind: 'invalid', why: expect.stringContaining(`${where}: `) });
  });

  it('throws at nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readPagerDutyWebhook(text).kind).toBe('invalid');
      }),
    );
  });
});
