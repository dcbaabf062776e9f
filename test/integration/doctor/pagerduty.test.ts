import { afterEach, describe, expect, it } from 'vitest';
import { pagerDutyPart } from '../../../src/doctor/parts/pagerduty.ts';
import { StandIn, type StandInAnswer } from '../../support/doctor-http.ts';

const { signal } = new AbortController();
const routingKey = 'R0123456789ABCDEFGHIJKLMNOPQRSTU'.slice(0, 32);
const apiToken = 'a-token-of-the-tests';
const from = 'Oncall@example.com';
const good = { status: 200, body: JSON.stringify({ abilities: [] }) };
const users = (...emails: string[]) => ({
  status: 200,
  body: JSON.stringify({ users: emails.map((email) => ({ email })), offset: 0, limit: 100, more: false }),
});
const open: StandIn[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.stop()));
});

async function pagerDuty(abilities: StandInAnswer, found: StandInAnswer = users('oncall@example.com')) {
  const standIn = new StandIn((path) => (path.startsWith('/users') ? found : abilities));
  open.push(standIn);
  const apiUrl = await standIn.start();
  return { standIn, look: () => pagerDutyPart({ apiToken, routingKey, from, apiUrl }).look(signal) };
}

describe('PagerDuty', () => {
  it('takes the token, knows the user, and nothing is sent that could page', async () => {
    const { standIn, look } = await pagerDuty(good);
    expect(await look()).toMatchObject([
      { state: 'ok', message: expect.stringContaining('only an event would prove it') },
      { state: 'ok', message: 'PagerDuty takes the API token' },
      { state: 'ok', message: 'PAGERDUTY_FROM is a user' },
    ]);
    expect(standIn.asked.map(({ line }) => line)).toEqual([
      'GET /abilities',
      'GET /users?query=Oncall%40example.com&limit=100',
    ]);
    expect(standIn.asked[0]!.authorization).toBe(`Token token=${apiToken}`);
  });

  it('a second routing key that can be none is a problem', async () => {
    const found = await pagerDutyPart({ routingKey, fallbackKey: 'https://events.example.com' }).look(signal);
    expect(found.map(({ state }) => state)).toEqual(['ok', 'problem', 'ok']);
  });

  it.each([401, 403])('refuses the token with %d: a problem with its fix', async (status) => {
    const { look } = await pagerDuty({ status, body: '{"error":{"message":"no"}}' });
    const found = await look();
    expect(found[1]).toMatchObject({
      state: 'problem',
      message: `PAGERDUTY_API_TOKEN is refused (${status})`,
      fix: expect.stringContaining('API Access Keys'),
    });
    expect(found).toHaveLength(2);
  });

  it.each([
    ['a 500', { status: 500, body: '{}' }, 'PagerDuty answered 500'],
    ['no JSON', { status: 200, body: '<html>proxy</html>' }, 'PagerDuty answered 200, and no JSON'],
    ['a 429', { status: 429, body: '{}' }, 'PagerDuty answered 429'],
    ['a broken connection', 'drop', "PagerDuty can't be reached (ECONNRESET)"],
  ] as const)('says nothing for certain with %s: unknown', async (_, answer, message) => {
    const { look } = await pagerDuty(answer);
    expect((await look())[1]).toMatchObject({ state: 'unknown', message });
  });

  it('hangs: unknown after our own deadline, not that of the library', async () => {
    const { look } = await pagerDuty('hang');
    expect((await look())[1]).toMatchObject({ state: 'unknown', message: 'PagerDuty did not answer within 5 s' });
  });

  it('can not be reached: unknown', async () => {
    const { standIn, look } = await pagerDuty(good);
    await standIn.stop();
    open.splice(0);
    expect((await look())[1]).toMatchObject({ state: 'unknown', message: "PagerDuty can't be reached (ECONNREFUSED)" });
  });

  it('does not know the user in whose name it would be asked', async () => {
    const { look } = await pagerDuty(good, users('oncall@example.com.evil.example'));
    expect((await look())[2]).toMatchObject({ state: 'problem', fix: expect.stringContaining('e-mail') });
    const broken = await pagerDuty(good, { status: 500, body: '{}' });
    expect((await broken.look())[2]).toMatchObject({ state: 'unknown' });
  });

  it('is told apart from one that is not configured, or only in part', async () => {
    expect(await pagerDutyPart({}).look(signal)).toEqual([{ state: 'ok', message: 'not configured' }]);
    expect(await pagerDutyPart({ routingKey }).look(signal)).toMatchObject([{ state: 'ok' }, { state: 'ok' }]);
    expect(await pagerDutyPart({ routingKey: 'short' }).look(signal)).toMatchObject([{ state: 'problem' }, {}]);
    const { standIn } = await pagerDuty(good);
    expect(await pagerDutyPart({ apiToken, apiUrl: standIn.url }).look(signal)).toMatchObject([
      { state: 'warn', message: expect.stringContaining('PAGERDUTY_ROUTING_KEY') },
      { state: 'ok' },
      { state: 'warn', message: expect.stringContaining('PAGERDUTY_FROM') },
    ]);
  });
});
